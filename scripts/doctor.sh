# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev doctor: what this machine has and lacks. Changes nothing.

look() { if "${@:3}" >/dev/null 2>&1; then done_ "$1" "$2"; else failed_ "$1" "${no:-missing}"; fi; }

doctor_packages() {
	local what=$1 lacking
	shift
	lacking=$(missing "$@" | tr '\n' ' ')
	if [ -z "$lacking" ]; then done_ "$what" "all packages there"; else failed_ "$what" "would install: $lacking"; fi
}

cmd_doctor() {
	local no
	. /etc/os-release
	say "$PRETTY_NAME, $(uname -m), $(nproc) cores, $(awk '/MemAvailable/ { print int($2 / 1024) " MB free" }' /proc/meminfo)"
	no='not Debian 12: packages may have other names' look system "Debian 12" test "$ID${VERSION_ID:-}" = debian12
	# shellcheck disable=SC2086
	{
		doctor_packages start $packages_start
		doctor_packages test $packages_test
		doctor_packages lint $packages_lint
		doctor_packages fuzz $packages_fuzz
	}
	no="needs Node 18 or newer with npm; Debian's would be installed" look node "$(node --version 2>/dev/null)" node_new_enough
	no='npm ci has not run yet' look npm "node_modules there" test -d "$top/node_modules"
	no='neither root nor sudo: nothing can be installed' look root "root or sudo" eval '[ "$(id -u)" = 0 ] || have sudo'
	no='network namespaces cannot be made: ./dev test needs them' look netns "network namespaces" \
		as_root unshare --net true
	no='no /dev/net/tun: the tests emulate links with it' look tun "/dev/net/tun" test -c /dev/net/tun
	no='only loopback: browsers need it allowed for media' look network "$(hostname -I 2>/dev/null)" \
		eval 'hostname -I | grep -q .'
	no='less than 2 GB free in this folder' look disk "$(df -h --output=avail "$top" | tail -n 1 | tr -d ' ') free" \
		eval '[ "$(df --output=avail "$top" | tail -n 1)" -gt 2000000 ]'
}
