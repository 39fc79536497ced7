# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev test: every test there is, and one line of truth at the end.

passed=0 failed=0 skipped=0
# What a file of tests for Node may take, in milliseconds: three times what the longest does on a slow machine.
file_ms=500000

# count NAME PASSED FAILED SKIPPED LOG: add up one step, and show what failed.
count() {
	passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + $4))
	if [ "$3" -gt 0 ]; then
		failed_ "$1" "$2 passed, $3 failed, in $5"
		grep -hE '^[[:space:]]*not ok|^(FAIL|ERROR):|: error:|(Address|Thread|Leak)Sanitizer|runtime error' "$5" |
			grep -v '# \(TODO\|SKIP\)' | sort -u | head -n 40 | sed 's/^/    /' >&2 || true
	else
		done_ "$1" "$2 passed$([ "$4" = 0 ] || echo ", $4 skipped"), $((SECONDS - step_started)) s"
	fi
}

# number KEY LOG: the last "# KEY: 12" or "# KEY 12" of a log, 0 without.
number() { sed -n "s/^# $1:\{0,1\} *\([0-9][0-9]*\)\$/\1/p" "$2" | tail -n 1 | grep . || echo 0; }

# check_tree TREE PATTERN: build the plugin, the tools and the tests that fit; run those by automake's harness,
# with what they write in memory where that can be: what a disk does is for the tests of a real Janus.
check_tree() {
	local tree=$1 list log=$top/build/$1/check.log memory=/dev/shm p f s status=0
	step_started=$SECONDS
	[ "$(stat -f -c %T $memory)" = tmpfs ] || memory=${TMPDIR:-/tmp}
	if build "$tree" all; then
		list=$(make -s -C "$top/build/$tree" print-tests | grep -E "$2" | longest_first | tr '\n' ' ')
	fi
	if [ -z "${list:-}" ] || ! build "$tree" tests-build TESTS="$list"; then
		count "$tree" 0 1 0 "$top/build/$tree/build.log"
		return
	fi
	doing "$tree" "running $(wc -w <<<"$list") test programs" "$log" timeout -k 10 1100 \
		env TMPDIR="$memory" make -C "$top/build/$tree" -j"$(nproc)" check-TESTS TESTS="$list" VERBOSE=1 || status=$?
	p=$(number PASS "$log") f=$(($(number FAIL "$log") + $(number ERROR "$log") + $(number XPASS "$log")))
	s=$(($(number SKIP "$log") + $(number XFAIL "$log")))
	# A harness that fell over, or had nothing to run, has not passed.
	if [ $((p + f)) = 0 ] || { [ "$status" != 0 ] && [ "$f" = 0 ]; }; then f=$((f + 1)); fi
	count "$tree" "$p" "$f" "$s" "$log"
}

# longest_first: tests, a line each: what takes longest goes first, for several run at a time.
longest_first() {
	awk '{ print ($0 ~ /(html.pages|live.restart|live.return)[.]|unit.(area_walk|clock_walk|ledger_disk|store)$/ ? 1 : 2), $0 }' |
		sort | cut -d' ' -f2
}

# test_files FOLDER: what node is to run there.
test_files() {
	(cd "$top" && find "$1" -name node_modules -prune -o \( -name '*.test.mjs' -o -path 'tests/interop/*.mjs' \) -print) |
		longest_first
}

# node_tests FOLDER TREE SECONDS FILES: the tests of a folder, so many files at a time.
node_tests() {
	local name=${1#tests/} files
	mapfile -t files < <(test_files "$1")
	run_files "$name" "$state/test-$name.log" "$2" "$3" "$4" "${files[@]}"
}

# run_files NAME LOG TREE SECONDS TOGETHER FILE...: one that hangs is named, and ends alone.
run_files() {
	local name=$1 log=$2 tree=$3 limit=$4 together=$5 p f s status=0
	shift 5
	step_started=$SECONDS
	doing "$name" "running $# files" "$log" env -C "$top" THP_SRCDIR="$top" THP_BUILDDIR="$top/build/$tree" \
		timeout -k 10 "$limit" node --test --test-timeout="$file_ms" --test-concurrency="$together" --test-reporter=tap "$@" || status=$?
	p=$(number pass "$log") f=$(($(number fail "$log") + $(number cancelled "$log")))
	s=$(($(number skipped "$log") + $(number todo "$log")))
	if [ $((p + f)) = 0 ] || { [ "$status" != 0 ] && [ "$f" = 0 ]; }; then
		f=$((f + 1))
		tail -n 3 "$log" | sed 's/^/not ok - /' >>"$log"
	fi
	ran_passed=$p ran_failed=$f
	count "$name" "$p" "$f" "$s" "$log"
}

# again NAME TREE: what failed while the machine had more to do is tried once more, with nothing beside it; what fails
# then has failed. Both logs stay.
again() {
	local log=$state/test-$1.log first=$state/test-$1-first.log failed_first=$failed skipped_first=$skipped files f
	[ -e "$log" ] || return 0
	mapfile -t files < <(sed -n "s/^ *location: '\(.*\.test\.mjs\):.*/\1/p" "$log" | sort -u)
	[ ${#files[@]} -gt 0 ] || return 0
	mv "$log" "$first"
	f=$(($(number fail "$first") + $(number cancelled "$first")))
	run_files "$1 again" "$log" "$2" 1100 1 "${files[@]}"
	# The same tests: none is counted twice.
	passed=$((passed - ran_passed + (ran_failed < f ? f - ran_failed : 0)))
	failed=$((failed_first - f + ran_failed)) skipped=$skipped_first
}

# aside COMMAND...: beside what waits for people, links and browsers more than it works.
aside() {
	rm -f "$state/aside.counts"
	set -m
	(
		passed=0 failed=0 skipped=0
		"$@"
		echo "$passed $failed $skipped" >"$state/aside.counts"
	) 2>"$state/aside.log" </dev/null &
	set +m
	aside_pid=$!
	trap 'kill -TERM -- "-$aside_pid" 2>/dev/null || true' EXIT
}

# Wait for it, show what it said, and add up.
aside_ended() {
	local p=0 f=1 s=0
	wait "$aside_pid" || true
	trap - EXIT
	cat "$state/aside.log" >&2
	[ ! -e "$state/aside.counts" ] || read -r p f s <"$state/aside.counts"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# What the first browsers, which only draw pages, can have beside them; and then what is in no hurry.
without_browsers() {
	! build asan all || node_tests tests/live asan 900 2
	# The browsers of the other tests come first, whatever there is to build here.
	chrt --idle -p 0 "$BASHPID"
	check_tree default '^tests/repo/'
	# The same programs as anybody builds would find less than these do.
	check_tree asan '^tests/(unit|fake|fuzz)/'
	# Only what has threads: the layers below are called by one at a time.
	check_tree tsan '^tests/(unit/(shell_|store|db)|fake/)'
}

# Folders under tests/ that hold tests for Node, but for the one that runs beside; what only draws comes first, what measures last.
node_folders() {
	test_files tests | cut -d/ -f1-2 | sort -u | grep -v '/live$' |
		awk '{ print ($0 ~ /measured/ ? 4 : $0 ~ /e2e/ ? 3 : $0 ~ /html/ ? 1 : 2), $0 }' | sort | cut -d' ' -f2
}

cmd_test() {
	local folder started=$SECONDS
	[ $# -eq 0 ] || die "test takes no options; single tests are run from build/default, or by node --test."
	# Namespaces of the network need root; the rest of the run is then root's as well.
	if [ "$(id -u)" != 0 ]; then
		have sudo || die "The tests make network namespaces, which needs root or sudo."
		exec sudo --preserve-env=PATH "$top/dev" test
	fi
	# shellcheck disable=SC2086
	install_packages $packages_test
	install_node

	# If it fails, the checks beside will say so.
	build default all || true
	aside without_browsers
	for folder in $(node_folders); do
		case $folder in
		tests/html) node_tests "$folder" default 900 2 ;;
		tests/measured)
			aside_ended
			again html default
			again live asan
			again e2e default
			node_tests "$folder" default 900 1
			;;
		# Two browsers, a server and what they send are as much as two cores can do.
		*) node_tests "$folder" default 1100 1 ;;
		esac
	done

	say ""
	say "${dim}$((SECONDS - started)) seconds${plain}"
	printf '%s passed, %s failed%s\n' "$passed" "$failed" "$([ "$skipped" = 0 ] || echo ", $skipped skipped")"
	[ "$failed" = 0 ]
}
