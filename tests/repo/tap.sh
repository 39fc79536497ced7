# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. check NAME FAULTS: one TAP line; the faults, a line each, say what is wrong and where.
src=${THP_SRCDIR:-.}
cd "$src"
tests=0

check() {
	tests=$((tests + 1))
	if [ -z "$2" ]; then
		echo "ok $tests - $1"
	else
		echo "not ok $tests - $1"
		printf '%s\n' "$2" | sed 's/^/#   /'
	fi
}

note() { [ -z "$1" ] || printf '%s\n' "$1" | sed 's/^/# /'; }
plan() { echo "1..$tests"; }
