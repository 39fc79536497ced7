#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Names keep their promises: functions tell their module, errors have words and tests.
set -eu
. "${THP_SRCDIR:-.}/tests/repo/tap.sh"

# A module's functions start with thp_ and the module's name, or with a noun it owns as well.
nouns() {
	case $1 in
	area_event) echo 'cue effects' ;;
	claim_value) echo 'id issuer lang name realm time' ;;
	consent) echo 'consent detail details' ;;
	error) echo 'err' ;;
	invitation) echo 'role' ;;
	invitation_open) echo 'invitation realm' ;;
	keyring) echo 'keyring crypto' ;;
	lasting) echo 'area event' ;;
	paseto) echo 'paseto paserk' ;;
	policy) echo 'policy reason state' ;;
	request) echo 'request jsep admin' ;;
	request_kind) echo 'request' ;;
	secret) echo 'secret random crypto' ;;
	*) echo "$1" ;;
	esac
}

prefix_faults() {
	for header in include/therapy/*.h; do
		module=$(basename "$header" .h)
		pattern=$(nouns "$module" | tr ' ' '|')
		sed -e 's/\/\*.*\*\///' -e '/^ \*/d' -e '/^\/\*\*/d' -e '/^#/d' "$header" |
			grep -oE '\bthp_[a-z0-9_]+\(' | sort -u | grep -vE "^thp_($pattern)(_|\()" |
			sed "s|^|$header: |" || true
	done
}
check "functions are named after their module" "$(prefix_faults)"

# error.h: X(NAME, code, "text")
errors=$(sed -nE 's/.*[XR]\(([A-Z0-9_]+), ([0-9]+), ".*/\1 \2/p' include/therapy/error.h)
check "there are errors" "$([ "$(printf '%s\n' "$errors" | wc -l)" -gt 10 ] || echo 'the table was not found')"
check "error codes are unique" "$(printf '%s\n' "$errors" | awk 'seen[$2]++ { print $1, $2 }')"

locale_faults() {
	ls html/locales/*.json >/dev/null 2>&1 || { echo 'no html/locales/*.json'; return; }
	# What is found at the start never reaches a page.
	told=$(sed -nE '/start-up\)/q; s/.*X\(([A-Z0-9_]+), ([0-9]+), ".*/\1 \2/p' include/therapy/error.h)
	for locale in html/locales/*.json; do
		printf '%s\n' "$told" | while read -r name code; do
			grep -qE "\"error\.$name\" *:" "$locale" || echo "$locale: no error.$name"
		done
	done
}
check "every error that a page can hear has its words in every language" "$(locale_faults)"

test_faults() {
	printf '%s\n' "$errors" | while read -r name code; do
		grep -rqwE "THP_$name|$name|$code" tests/unit tests/fake tests/live tests/e2e \
			--include='*.c' --include='*.mjs' --include='*.h' || echo "$name ($code)"
	done
}
check "every error is provoked by a test" "$(test_faults)"

key_faults() {
	[ -e html/locales/en.json ] || return 0
	keys() { grep -oE '^ *"[^"]+" *:' "$1" | sort; }
	keys html/locales/en.json >"$work/en"
	for locale in html/locales/*.json; do
		keys "$locale" >"$work/other"
		diff "$work/en" "$work/other" | sed -n "s|^[<>] *|$locale, en.json: only one has |p"
	done
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check "every language has the same texts" "$(key_faults)"
plan
