# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. Builds outside the source tree, one folder for each way to build.

# tree NAME: the options of that build, one a line.
tree_options() {
	case $1 in
	default) echo 'CFLAGS=-O2 -g' ;;
	# Lines are what a report needs; the rest of what a debugger wants takes a quarter of the time to build.
	asan) printf '%s\n' SANITIZE=address,undefined 'CFLAGS=-O1 -g1' ;;
	tsan) printf '%s\n' SANITIZE=thread 'CFLAGS=-O1 -g1' ;;
	fuzz) printf '%s\n' --enable-fuzz CC=clang 'CFLAGS=-O1 -g' ;;
	coverage) printf '%s\n' 'CFLAGS=-O0 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage ;;
	*) die "There is no build named $1." ;;
	esac
}

# Run with the lock of that build held: two ./dev may run at once.
build_steps() {
	local name=$1 dir=$top/build/$1 options
	shift
	if [ ! -x "$top/configure" ] || [ ! -e "$top/Makefile.in" ]; then
		"$top/autogen.sh"
	fi
	if [ ! -e "$dir/Makefile" ]; then
		mapfile -t options < <(tree_options "$name")
		(cd "$dir" && "$top/configure" --enable-silent-rules "${options[@]}")
	fi
	make -C "$dir" -j"$(nproc)" --no-print-directory "$@"
}

# Whether html/vendor is newer than all it is made from.
fresh_vendor() {
	[ -e "$top/html/vendor/MANIFEST" ] &&
		[ -z "$(find "$top/package-lock.json" "$top/tools/vendor.mjs" "$top/html/js/e2ee" -newer "$top/html/vendor/MANIFEST" -print -quit)" ]
}

# build NAME TARGET...: make it, or say why not.
build() {
	local name=$1 dir=$top/build/$1 log=$top/build/$1/build.log started=$SECONDS
	mkdir -p "$dir"
	exec 9>"$dir/.lock"
	flock 9
	fresh_vendor || { install_node && node "$top/tools/vendor.mjs"; }
	if ! doing build "$name" "$log" build_steps "$@"; then
		failed_ build "$name: $(grep -c ' error: ' "$log" || true) errors"
		grep -E -m 20 'error|Error|undefined reference|No rule' "$log" | sed 's/^/    /' >&2 || true
		say "    The whole log is $log"
		exec 9>&-
		return 1
	fi
	exec 9>&-
	done_ build "$name, $((SECONDS - started)) s, $(grep -c ' warning: ' "$log" || true) warnings"
}

# built NAME FILE: the path of a program or of the plugin in that build.
built() {
	local dir=$top/build/$1 file
	for file in "$dir/$2" "$dir/tools/$2" "$dir/.libs/$2"; do
		[ -f "$file" ] && { printf '%s\n' "$file"; return; }
	done
	die "The build has no $2 (in $dir)."
}
