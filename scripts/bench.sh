# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev bench NAME [--quick]: one JSON object on standard output, the rest on standard error.

cmd_bench() {
	local name=${1:-} names
	names=$(cd "$top/tests/bench" && find . -maxdepth 1 -name '*.mjs' ! -name '*.test.mjs' ! -name '_*' -printf '%f\n' |
		sed 's/\.mjs$//' | sort | tr '\n' ' ')
	[ -n "$name" ] && [ -e "$top/tests/bench/$name.mjs" ] || die "./dev bench NAME [--quick]" "  there is: $names"
	if [ "$(id -u)" != 0 ]; then
		have sudo || die "A bench makes network namespaces, which needs root or sudo."
		exec sudo --preserve-env=PATH "$top/dev" bench "$@"
	fi
	shift
	# shellcheck disable=SC2086
	install_packages $packages_test
	install_node
	build default check-build
	THP_SRCDIR=$top THP_BUILDDIR=$top/build/default exec node "$top/tests/bench/$name.mjs" "$@"
}
