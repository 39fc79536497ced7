#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Janus loads plugins into one name space: ours puts `create` there, and nothing else.
set -eu
. "${THP_SRCDIR:-.}/tests/repo/tap.sh"

plugin=${THP_BUILDDIR:-build/default}/.libs/janus_plugin_therapy.so
if [ ! -e "$plugin" ]; then
	check "the plugin is built" "no $plugin"
else
	exported=$(nm -D --defined-only "$plugin" | awk '{ print $3 }' | sort | tr '\n' ' ')
	check "the plugin exports create" "$([ "$exported" = "create " ] || echo "it exports: $exported")"
fi

# Static libraries are where a name that should have been static shows.
names=$(for archive in "${THP_BUILDDIR:-build/default}"/.libs/libtherapy_*.a; do
	[ -e "$archive" ] || continue
	nm --defined-only --extern-only "$archive" 2>/dev/null | awk -v a="${archive##*/}" \
		'NF == 3 && $3 !~ /^(thp_|__(asan|tsan|odr|gcov|llvm|start|stop)|_(_)?sanitizer|__sanitizer|main$)/ { print a ": " $3 }'
done | sort -u)
check "what is not static is named thp_" "$names"
plan
