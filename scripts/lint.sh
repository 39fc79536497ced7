# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev lint: formatters and analysers; changes no file.

lint_failed=0

# lint NAME COMMAND...: run it in the top folder, show what it says if it is not content.
lint() {
	local name=$1 log=$state/lint-$1.log started=$SECONDS
	shift
	if (cd "$top" && doing "$name" "looking" "$log" "$@"); then
		done_ "$name" "$((SECONDS - started)) s"
	else
		failed_ "$name" "see $log"
		grep -vE 'warnings generated|Suppressed|Use -header-filter' "$log" | head -n 25 | sed 's/^/    /' >&2
		lint_failed=$((lint_failed + 1))
	fi
}

c_files() { (cd "$top" && git ls-files '*.c' "$@"); }

# clang-tidy over every file that the build compiles, with the flags of the build.
lint_tidy() {
	local flags
	flags="-std=gnu11 -I$top/include -I$top/build/default -I$top/plugins/therapy/shell -I$top/tests/fake -I$top/tests/unit
		-isystem /usr/include/janus -DHAVE_CONFIG_H=0 $(pkg-config --cflags glib-2.0 jansson libsodium sqlite3 | sed 's/-I/-isystem /g')"
	# shellcheck disable=SC2086
	c_files | grep -E '^(plugins|tools)/' | xargs -P "$(nproc)" -n 6 sh -c \
		'flags=$1; shift; clang-tidy-14 --quiet "$@" -- $flags' sh "$(echo $flags)"
}

lint_cppcheck() {
	# shellcheck disable=SC2046
	cppcheck --quiet --error-exitcode=1 --library=gtk --library=posix --std=c11 --max-configs=1 --inline-suppr \
		--enable=warning,portability,performance --suppress=missingInclude --suppress=unknownMacro \
		--suppress=invalidPrintfArgType_uint --suppress=nullPointerRedundantCheck '-DJANUS_PLUGIN_INIT(...)={0}' \
		-j "$(nproc)" -I "$top/include" $(c_files | grep -E '^(plugins|tools)/')
}

cmd_lint() {
	# shellcheck disable=SC2086
	install_packages $packages_lint
	install_node
	build default all
	# shellcheck disable=SC2046
	lint format clang-format-14 --dry-run --Werror $(c_files '*.h')
	lint tidy lint_tidy
	lint cppcheck lint_cppcheck
	lint eslint node_modules/.bin/eslint --no-warn-ignored html/js tests
	lint tsc node_modules/.bin/tsc -p tsconfig.json
	lint tsc-tests node_modules/.bin/tsc -p tsconfig.tests.json
	# shellcheck disable=SC2046
	lint stylelint node_modules/.bin/stylelint --allow-empty-input 'html/css/**/*.css'
	[ "$lint_failed" = 0 ] || die "$lint_failed of 7 are not content."
	say "All content."
}
