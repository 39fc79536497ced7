# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. What the commands need from Debian and from npm, and how it gets here.

packages_build="gcc make autoconf automake libtool pkg-config janus-dev libjansson-dev
	libglib2.0-dev libsodium-dev libsqlite3-dev libconfig-dev libssl-dev"
packages_start="$packages_build janus nginx-light openssl"
packages_test="$packages_start binutils chromium firefox-esr iproute2 libfaketime procps tcpdump"
packages_lint="$packages_build clang-format-14 clang-tidy-14 cppcheck"
packages_fuzz="$packages_build clang libclang-rt-14-dev llvm"
packages_coverage="$packages_build gcovr"

have() { command -v "$1" >/dev/null 2>&1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# missing PACKAGE...: those that are not installed. Any flavour of nginx will do.
missing() {
	local name
	dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
		awk '$2 == "installed" { print $1 }' >"$state/installed"
	for name in "$@"; do
		grep -qx "$name" "$state/installed" && continue
		[ "$name" = nginx-light ] && [ -x /usr/sbin/nginx ] && continue
		printf '%s\n' "$name"
	done
}

# Debian starts what it installs. Not here: no port is opened, no service runs that did not before.
policy=/usr/sbin/policy-rc.d
services_off() {
	if [ -e "$policy" ] && ! grep -q janus-therapy "$policy"; then
		as_root mv "$policy" "$policy.before-janus-therapy"
	fi
	printf '#!/bin/sh\n# janus-therapy is installing packages; this file goes away by itself.\nexit 101\n' |
		as_root tee "$policy" >/dev/null
	as_root chmod 755 "$policy"
}
services_back() {
	if [ -e "$policy.before-janus-therapy" ]; then
		as_root mv "$policy.before-janus-therapy" "$policy"
	else
		as_root rm -f "$policy"
	fi
}
# Nor at the next boot: Debian's own Janus listens on every address.
services_not_at_boot() {
	local name
	have systemctl || return 0
	for name in "$@"; do
		case $name in
		janus | nginx*) as_root systemctl disable --quiet "${name%-light}.service" 2>/dev/null || true ;;
		esac
	done
}

apt() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=180 -q -y "$@"; }
apt_install() { apt install --no-install-recommends "$@" || { apt update && apt install --no-install-recommends "$@"; }; }

# install_packages PACKAGE...
install_packages() {
	local wanted count
	wanted=$(missing "$@" | tr '\n' ' ')
	[ -n "${wanted// /}" ] || return 0
	have apt-get || die "This needs Debian 12 (apt-get), or these packages by hand:" "  $wanted"
	if [ "$(id -u)" != 0 ] && ! have sudo; then
		die "These packages are missing, and installing them needs root:" "  apt-get install $wanted"
	fi
	count=$(wc -w <<<"$wanted")
	# Ask for the password before the progress line starts.
	[ "$(id -u)" = 0 ] || sudo -v
	trap services_back EXIT
	services_off
	# shellcheck disable=SC2086
	if ! doing packages "installing $count, a few minutes the first time" "$state/apt.log" apt_install $wanted; then
		failed_ packages "apt-get could not install: $wanted"
		end_of "$state/apt.log"
		die "The whole log is $state/apt.log"
	fi
	services_back
	trap - EXIT
	# shellcheck disable=SC2086
	services_not_at_boot $wanted
	done_ packages "installed $count"
}

# The machine's Node if it is 18 or newer, else Debian's.
node_new_enough() { have node && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] && have npm; }
install_node() {
	local sum
	node_new_enough || install_packages nodejs npm
	node_new_enough || die "Node 18 or newer is needed, this is $(node --version 2>&1)."
	sum=$(cat "$top/package-lock.json" | sha256sum | cut -c1-64)
	[ -e "$top/node_modules/.ok-$sum" ] && return 0
	if ! (cd "$top" && doing npm "installing what the tests use" "$state/npm.log" \
		npm ci --ignore-scripts --no-audit --no-fund); then
		failed_ npm "npm ci did not succeed"
		end_of "$state/npm.log"
		die "The whole log is $state/npm.log"
	fi
	touch "$top/node_modules/.ok-$sum"
	done_ npm "installed"
}
