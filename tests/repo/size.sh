#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One noun a file, one thought a function. What is past the wish is said, what is past the limit fails.
set -eu
. "${THP_SRCDIR:-.}/tests/repo/tap.sh"

# Files that may be larger, each with its reason: "path limit reason"
exceptions='
'

limit() {
	printf '%s\n' "$exceptions" | awk -v f="$1" -v d="$2" '$1 == f { d = $2 } END { print d }'
}

# lines WISH LIMIT FILE...: "over" lines for the limit, "# long" for the wish
lines() {
	wish=$1 hard=$2
	shift 2
	for file in "$@"; do
		n=$(wc -l <"$file")
		if [ "$n" -gt "$(limit "$file" "$hard")" ]; then
			echo "over $file: $n lines, at most $hard"
		elif [ "$n" -gt "$wish" ]; then
			echo "long $file: $n lines, $wish wanted"
		fi
	done
}

# LIMIT FILE...: functions in Linux style, { and } alone in the first column.
c_functions() {
	hard=$1
	shift
	awk -v wish=50 -v hard="$hard" '
		FNR == 1 { start = 0 }
		/^[a-z].*\(/ && !start { head = FNR; name = $0 }
		/^\{/ { start = head ? head : FNR }
		/^\}/ && start {
			n = FNR - start + 1
			sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
			if (n > hard) print "over " FILENAME ": " name "() has " n " lines, at most " hard
			else if (n > wish) print "long " FILENAME ": " name "() has " n " lines, " wish " wanted"
			start = head = 0
		}' "$@"
}

# Functions and methods, from the opening line to the } with the same indentation.
js_functions() {
	awk -v wish=40 -v hard=60 '
		function indent(s) { match(s, /^ */); return RLENGTH }
		FNR == 1 { depth = 0 }
		/^ *(export |default |async |static |get |set )*(function|#?[A-Za-z_$]+[A-Za-z0-9_$]*)[ *]*[A-Za-z0-9_$]*\(.*\{$/ &&
			$1 !~ /^(if|for|while|switch|return|else|}|catch|await|describe|it|test|try|do)/ ||
		/^ *(export )?const [A-Za-z0-9_$]+ = .*=> \{$/ {
			depth++; at[depth] = FNR; level[depth] = indent($0); name[depth] = $0
		}
		depth && /^ *\}/ && indent($0) == level[depth] {
			n = FNR - at[depth] + 1
			sub(/^ */, "", name[depth])
			if (n > hard) print "over " FILENAME ": " name[depth] " has " n " lines, at most " hard
			else if (n > wish) print "long " FILENAME ": " name[depth] " has " n " lines, " wish " wanted"
			depth--
		}' "$@"
}

files() { find "$@" -not -path '*/node_modules/*' -not -path '*/vendor/*' | sort; }
over() { printf '%s\n' "$1" | sed -n 's/^over //p'; }
long() { printf '%s\n' "$1" | sed -n 's/^long //p'; }

report() {
	check "$1" "$(over "$2")"
	note "$(long "$2")"
}

# shellcheck disable=SC2046
{
	report "C files" "$(lines 400 600 $(files plugins tools tests -name '*.c'))"
	report "headers" "$(lines 120 200 $(files include plugins tests -name '*.h'))"
	report "C functions" "$(c_functions 80 $(files plugins tools -name '*.c'))"
	# A table of cases may be longer.
	report "C functions of tests" "$(c_functions 120 $(files tests -name '*.c'))"
	report "scripts of the pages" "$(lines 250 350 $(files html tests tools -name '*.*js'))"
	report "functions of the pages" "$(js_functions $(files html -name '*.js') /dev/null)"
	report "the commands' own files" "$(lines 200 300 dev $(files scripts -type f))"
}
plan
