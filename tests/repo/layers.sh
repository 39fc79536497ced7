#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows between the layers point one way: read from the includes and imports themselves.
set -eu
. "${THP_SRCDIR:-.}/tests/repo/tap.sh"

# ---- C -----------------------------------------------------------------------------------------

# includes FILE...: "FILE <header>" a line, the bracket or quote with it
includes() { awk '/^#[ \t]*include[ \t]/ { print FILENAME, $2 }' "$@"; }

# A header belongs to the layer that has the .c of its name; one that has none is vocabulary of the core.
layer_of() {
	for layer in core wire crypto store shell; do
		[ ! -e "plugins/therapy/$layer/$1.c" ] || { echo "$layer"; return; }
	done
	echo core
}

# may LAYER: the layers it may include
may() {
	case $1 in
	core) echo core ;;
	wire) echo core wire ;;
	# claims come out of wire as a struct: no JSON here
	crypto) echo core wire crypto ;;
	store) echo core wire crypto store ;;
	*) echo core wire crypto store shell ;;
	esac
}

# libraries LAYER: what it may include besides the C library and its own
libraries() {
	case $1 in
	core) echo '^<glib' ;;
	wire) echo '^<(glib|jansson)' ;;
	crypto) echo '^<(glib|sodium)' ;;
	store) echo '^<(glib|sodium|sqlite3)' ;;
	shell) echo '^<(glib|jansson|sodium|plugins/plugin\.h|(config|debug|record|rtp|rtcp|utils|sdp-utils|mutex|refcount|apierror|log)\.h|janus/)' ;;
	esac
}
# pthread is the shell's: the layers below it do not lock, nor print, nor look at a clock.
c_library='^<(assert|ctype|errno|inttypes|limits|math|stdalign|stdarg|stdbool|stddef|stdint|stdlib|string)\.h>'
c_library_shell='^<(pthread|stdatomic|stdio|time|unistd|fcntl|sys/[a-z]*)\.h>'

# Every header of ours that a file comes to include, through others too.
reached() {
	todo=$(includes "$@" | sed -n 's/.*<therapy\/\(.*\)\.h>.*/\1/p' | sort -u)
	seen=
	while [ -n "$todo" ]; do
		next=
		for header in $todo; do
			case " $seen " in *" $header "*) continue ;; esac
			seen="$seen $header"
			[ -e "include/therapy/$header.h" ] || { echo "$header"; continue; }
			next="$next $(includes "include/therapy/$header.h" | sed -n 's/.*<therapy\/\(.*\)\.h>.*/\1/p')"
		done
		todo=$(printf '%s\n' $next | sort -u)
	done
	printf '%s\n' $seen
}

check_layer() {
	layer=$1
	files=$(find "plugins/therapy/$layer" -name '*.[ch]' 2>/dev/null | sort)
	[ -n "$files" ] || return 0
	faults=

	# shellcheck disable=SC2086
	foreign=$(includes $files | grep -vE ' (<therapy/|")' | awk '{ print $2, $1 }' |
		grep -vE "$c_library" | grep -vE "$(libraries "$layer")" || true)
	case $layer in
	shell | store) foreign=$(printf '%s\n' "$foreign" | grep -vE "$c_library_shell" || true) ;;
	crypto) foreign=$(printf '%s\n' "$foreign" | grep -vE '^<(stdio|time)\.h>' || true) ;;
	esac
	check "$layer includes only its own libraries" "$foreign"

	for file in $files; do
		for header in $(reached "$file"); do
			if [ ! -e "include/therapy/$header.h" ]; then
				faults="$faults
$file: there is no therapy/$header.h"
				continue
			fi
			owner=$(layer_of "$header")
			case " $(may "$layer") " in
			*" $owner "*) ;;
			*) faults="$faults
$file: comes to include therapy/$header.h of $owner" ;;
			esac
		done
		for local in $(includes "$file" | sed -n 's/.*"\(.*\)".*/\1/p'); do
			[ -e "plugins/therapy/$layer/$local" ] || [ "$local" = therapy-config.h ] || faults="$faults
$file: \"$local\" is not in this folder"
		done
	done
	check "$layer knows only the layers below it" "$(printf '%s' "$faults" | sed '/^$/d')"
}

for layer in core wire crypto store shell; do check_layer "$layer"; done

check "only the shell and its stand-in include Janus" "$(
	find plugins include tools tests -name '*.[ch]' ! -path 'plugins/therapy/shell/*' ! -path 'tests/fake/*' \
		! -path 'tests/bench/*' | xargs awk '/^#[ \t]*include[ \t]+<(janus\/|plugins\/plugin\.h|debug\.h|rtcp\.h|rtp\.h|sdp-utils\.h)/ {
			print FILENAME ": " $0 }'
)"

# ---- JavaScript --------------------------------------------------------------------------------

# imports FILE: what it imports, a line each
imports() {
	sed -nE "s/^ *(import|export) [^'\"]*from +['\"]([^'\"]+)['\"];?\$/\2/p
		s/^ *import +['\"]([^'\"]+)['\"].*/\1/p
		s/^\} from +['\"]([^'\"]+)['\"].*/\1/p
		s/.*[^a-zA-Z@{]import\(['\"]([^'\"]+)['\"]\).*/\1/p
		s/.*new URL\(['\"](\.[^'\"]+\.js)['\"], *import\.meta\.url.*/\1/p" "$1"
}

js_may() {
	case $1 in
	lib) echo lib ;;
	core) echo core lib ;;
	janus | media) echo "$1" core lib ;;
	# What is built from npm lives outside of js/.
	e2ee) echo e2ee core lib html ;;
	ui) echo ui core lib ;;
	# Ties the parts below together, and draws nothing.
	app) echo app janus media e2ee core lib ;;
	*) echo lib core janus media e2ee ui app . ;;
	esac
}

js_faults() {
	[ -d html/js ] || return 0
	find html/js -name '*.js' | sort | while read -r file; do
		dir=$(dirname "${file#html/js/}")
		part=${dir%%/*}
		for specifier in $(imports "$file"); do
			case $specifier in
			./* | ../*) ;;
			*) echo "$file: imports '$specifier', which is not in this tree"; continue ;;
			esac
			target=$(realpath -m --relative-to=. "$(dirname "$file")/$specifier")
			[ -e "$target" ] || { echo "$file: there is no $target"; continue; }
			target=$(dirname "${target#html/js/}")
			case " $(js_may "$part") " in
			*" ${target%%/*} "*) ;;
			*) echo "$file: $part may not know $specifier" ;;
			esac
		done
	done
}
check "ui → core ← janus, media, e2ee" "$(js_faults)"

plan
