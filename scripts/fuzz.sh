# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev fuzz [SECONDS]: each fuzz target for so long, from its committed corpus.
# What libFuzzer finds on the way is kept in build/fuzz/found, to be picked from. It names no new functions: looking names up
# unlocks through the tests' counted locks what it has locked past them.

fuzz_one() {
	local name=$1 seconds=$2 dir=$top/build/fuzz log=$top/build/fuzz/$1.log found=$top/build/fuzz/found/$1
	local seeds=$top/tests/fuzz/corpus/$name dict=$top/tests/fuzz/$name.dict args=() runs
	mkdir -p "$found" "$dir/crashes"
	[ ! -e "$dict" ] || args+=("-dict=$dict")
	[ ! -d "$seeds" ] || args+=("$seeds")
	if ! doing "$name" "fuzzing for $seconds s" "$log" env -C "$dir" THP_SRCDIR="$top" "$dir/tests/fuzz/$name" \
		-max_total_time="$seconds" -timeout=5 -rss_limit_mb=2048 -print_funcs=0 -print_final_stats=1 \
		-artifact_prefix="$dir/crashes/$name-" "$found" ${args[@]+"${args[@]}"}; then
		failed_ "$name" "see $log"
		grep -E 'ERROR|SUMMARY|runtime error|Test unit written' "$log" | head -n 8 | sed 's/^/    /' >&2 || true
		return 1
	fi
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	done_ "$name" "$runs runs, nothing found"
}

cmd_fuzz() {
	local seconds=${1:-60} target status=0
	[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "./dev fuzz [SECONDS]"
	# shellcheck disable=SC2086
	install_packages $packages_fuzz
	build fuzz fuzz-targets
	for target in $(make -s -C "$top/build/fuzz" print-fuzz-targets); do
		fuzz_one "${target##*/}" "$seconds" || status=1
	done
	return "$status"
}
