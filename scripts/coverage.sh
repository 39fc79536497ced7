# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev coverage: the plugin's lines that `make check` reaches, and those it does not.

cmd_coverage() {
	local dir=$top/build/coverage
	# shellcheck disable=SC2086
	install_packages $packages_coverage
	build coverage check-build
	find "$dir" -name '*.gcda' -delete
	doing coverage "running the tests" "$dir/check.log" make -C "$dir" -j"$(nproc)" check || {
		failed_ coverage "tests fail; the figures below are of what ran"
		grep -E '^(FAIL|ERROR):' "$dir/check.log" | sed 's/^/    /' >&2 || true
	}
	gcovr --root "$top" --object-directory "$dir" --filter "$top/plugins/" \
		--gcov-ignore-parse-errors --print-summary "$dir" 2>"$dir/gcovr.log"
}
