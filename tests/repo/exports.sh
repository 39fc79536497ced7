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

# What several files of one layer share need not say thp_, but must not meet a name of another layer.
shared=$(for archive in "${THP_BUILDDIR:-build/default}"/.libs/libtherapy_*.a; do
	[ -e "$archive" ] || continue
	nm --defined-only --extern-only "$archive" 2>/dev/null | awk 'NF == 3 && $3 !~ /^_/ { print $3 }' | sort -u
done | sort | uniq -d)
check "no name is defined in two layers" "$shared"
plan
