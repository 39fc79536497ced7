#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What is never written here, in any file.
set -eu
. "${THP_SRCDIR:-.}/tests/repo/tap.sh"

c_code() { find plugins include tools -name '*.[ch]' -print0 | xargs -0 grep -nE "$1" | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(\*|//|/\*)' || true; }

check "no unbounded or sloppy C functions" "$(c_code '(^|[^a-zA-Z0-9_])(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|sscanf|scanf|gets|strtok|atoi|atol|atof|alloca|g_alloca|rand|tmpnam|mktemp|system|popen)\(')"
check "no goto" "$(c_code '(^|[[:space:]])goto[[:space:]]')"
check "no comparison of secrets by memcmp" "$(grep -nE '(^|[^a-z_])memcmp\(.*(secret|signature|seed|psk|mac)' plugins/therapy/*/*.c 2>/dev/null || true)"

# Message texts may say these words; arguments may not carry them.
# janus_conf.c names configuration keys, which are no secret.
log_calls() {
	find plugins -name '*.c' ! -name janus_conf.c -print0 | xargs -0 awk '
		/(log_(err|warn|info|verb)|JANUS_LOG|g_warning|g_message|g_print)\(|(^|[^a-z_])f?printf\(/ { text = ""; at = FNR; inside = 1 }
		inside { text = text " " $0; if (/;[ \t]*$/) { print FILENAME ":" at ":" text; inside = 0 } }'
}
check "no log line carries a secret or a person" "$(log_calls | sed 's/"[^"]*"//g' |
	grep -E '[^a-z](name|text|token|invitation|secret|ticket|nonce|key|sdp|jsep|body|message|reason_text)[^a-z_(]' |
	grep -vE 'thp_(err|state|role|request|reason)_(name|text)\(' || true)"
check "core, wire and crypto do not log" "$(grep -nE '(JANUS_LOG|log_(err|warn|info|verb)|g_(warning|message|debug|info|critical)|[^a-z_n]f?printf)\(' \
	plugins/therapy/core/*.c plugins/therapy/wire/*.c plugins/therapy/crypto/*.c 2>/dev/null || true)"

js_code() { find html -name '*.js' -not -path '*/vendor/*' -not -path '*/node_modules/*' -print0 | xargs -0 -r grep -nE "$1" | grep -vE '^[^:]*:[0-9]*:[[:space:]]*(\*|//|/\*)' || true; }
check "no markup from strings, no code from strings" "$(js_code '\.(innerHTML|outerHTML|srcdoc)|insertAdjacentHTML\(|document\.write|createContextualFragment|(^|[^a-zA-Z.])eval\(|new Function\(|set(Timeout|Interval)\(["'\'']')"
check "pages do not write to the console" "$(js_code '(^|[^a-zA-Z.])console\.')"
check "pages ask nobody else for anything" "$(
	find html \( -name '*.js' -o -name '*.html' -o -name '*.css' \) -not -path '*/vendor/*' -not -path '*/node_modules/*' -print0 |
		xargs -0 -r grep -nE '(src|href|url|import|fetch|from)[^a-zA-Z]{1,6}https?://' || true
)"
check "no inline script, style or handler" "$(
	find html -name '*.html' -print0 | xargs -0 -r grep -nEi '<script>|<script [^>]*>[^<]|<style|[[:space:]]style=|[[:space:]]on[a-z]+=' |
		grep -vE '<script [^>]*src=[^>]*></script>' || true
)"

check "sources name their licence" "$(
	find plugins include tools tests html scripts -type f \( -name '*.[ch]' -o -name '*.js' -o -name '*.mjs' -o -name '*.sh' -o -name '*.mk' -o -name '*.css' \) \
		-not -path '*/vendor/*' -not -path '*/node_modules/*' -print0 | xargs -0 grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' || true
)"
check "no trailing space" "$(
	find plugins include tools tests html scripts conf docs -type f -not -path 'tests/fuzz/corpus/*' -not -path '*/vendor/*' -not -path '*/node_modules/*' \
		\( -name '*.[ch]' -o -name '*.js' -o -name '*.mjs' -o -name '*.sh' -o -name '*.mk' -o -name '*.css' -o -name '*.html' -o -name '*.json' -o -name '*.md' \) \
		-print0 | xargs -0 grep -nE '[[:space:]]$' | cut -c1-100 || true
)"
plan
