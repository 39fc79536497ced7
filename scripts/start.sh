# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. ./dev start: Janus and the pages, for this machine or, with --lan, for the ones around it.

lan= port= log= run= user= janus_pid= nginx_pid= log_pid=

start_options() {
	while [ $# -gt 0 ]; do
		case $1 in
		--lan) lan=yes ;;
		--log) log=yes ;;
		--port)
			port=${2:-}
			[[ $port =~ ^[0-9]+$ ]] || die "--port needs a number."
			shift
			;;
		*) die "start does not know $1." "./dev start [--lan] [--port N] [--log]" ;;
		esac
		shift
	done
}

# An ordinary user's Janus is theirs; root's belongs to a user who owns nothing else.
start_user() {
	[ "$(id -u)" = 0 ] || return 0
	user=therapy-dev
	id "$user" >/dev/null 2>&1 && return
	PATH=$PATH:/usr/sbin useradd --system --user-group --no-create-home --home-dir /nonexistent \
		--shell /usr/sbin/nologin "$user"
	done_ user "made the system user $user to run as"
}

start_folder() {
	local base=/tmp
	# root's runtime folder is closed to everybody else, and so to that user.
	[ -n "$user" ] || base=${XDG_RUNTIME_DIR:-/tmp}
	run=$(mktemp -d "$base/janus-therapy.XXXXXX")
	mkdir "$run"/{janus,nginx,keys}
	# That user passes through to its own two folders, and sees neither keys nor logs.
	[ -z "$user" ] || chmod 711 "$run"
}

# The address other machines reach this one by: the one it would send from. Nothing is sent.
lan_address() {
	perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "192.0.2.1:9");
		print $s->sockhost if $s' 2>/dev/null
}

# Kept between runs, so that a browser asks about it once.
certificate() {
	local address=$1 cert=$state/lan.crt key=$state/lan.key
	if [ ! -e "$cert" ] || ! openssl x509 -in "$cert" -noout -checkip "$address" | grep -q 'does match' ||
		! openssl x509 -in "$cert" -noout -checkend 86400 >/dev/null; then
		(
			umask 077
			openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 \
				-subj '/CN=janus-therapy on this network' -keyout "$key" -out "$cert" \
				-addext "subjectAltName=IP:$address" -addext 'extendedKeyUsage=serverAuth'
		) 2>"$state/openssl.log" || die "openssl made no certificate:" "$(cat "$state/openssl.log")"
	fi
	cp "$cert" "$run/nginx/tls.crt"
	(umask 077 && cp "$key" "$run/nginx/tls.key")
}

# A browser of this machine uses its own addresses; without any, only loopback is left.
ice_list() {
	hostname -I 2>/dev/null | grep -q . || echo lo
}

# Pages are served where they lie, so an edit shows at the next reload; a copy if that user cannot look.
pages() {
	if [ -z "$user" ] || setpriv --reuid="$user" --regid="$user" --clear-groups test -r "$top/html/index.html"; then
		echo "$top/html"
		return
	fi
	cp -r "$top/html" "$run/nginx/html"
	echo "$run/nginx/html"
}

stop_all() {
	local pid
	trap - EXIT INT TERM HUP
	for pid in $log_pid $nginx_pid $janus_pid; do
		kill -TERM "$pid" 2>/dev/null || true
	done
	for pid in $log_pid $nginx_pid $janus_pid; do
		# Five seconds for a clean end.
		for _ in {1..50}; do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.1
		done
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
	[ -z "$run" ] || rm -rf "$run"
}

stopped_by_hand() {
	stop_all
	say ""
	say "Stopped."
	exit 0
}

# up NAME PID ADDRESS PORT-FILE LOG: wait until it listens, or show what it said last.
up() {
	local name=$1 pid=$2 address=$3 file=$4 log=$5 deadline=$((SECONDS + 20))
	while [ "$SECONDS" -lt "$deadline" ]; do
		if ! kill -0 "$pid" 2>/dev/null; then
			failed_ "$name" "it ended while starting; its last words:"
			end_of "$log"
			return 1
		fi
		if [ -e "$file" ] && (exec 3<>"/dev/tcp/$address/$(cat "$file")") 2>/dev/null; then
			return 0
		fi
		sleep 0.05
	done
	failed_ "$name" "not listening after 20 s; its last words:"
	end_of "$log"
	return 1
}

how_ended() {
	if [ "$1" -gt 128 ]; then echo "signal $(kill -l "$(($1 - 128))")"; else echo "status $1"; fi
}

start_janus() {
	local ice
	ice=$(ice_list)
	setsid "$top/scripts/run-janus" --folder "$run/janus" --plugin "$(built default janus_plugin_therapy.so)" \
		--keys "$run/keys/public" --realm demo --user "$user" ${ice:+--ice "$ice"} \
		>"$run/janus.log" 2>&1 </dev/null &
	janus_pid=$!
	up janus "$janus_pid" 127.0.0.1 "$run/janus/port" "$run/janus.log" || return 1
	grep -q 'janus.plugin.therapy' "$run/janus.log" || grep -qi 'therapy.*initiali[sz]ed' "$run/janus.log" || {
		failed_ janus "it runs, but did not take the plugin; its last words:"
		end_of "$run/janus.log" 40
		return 1
	}
	done_ janus "$(janus --version 2>/dev/null | sed -n 's/^Janus version:.*(\(.*\))/version \1/p'), with the plugin"
}

start_nginx() {
	local address=$1
	shift
	setsid "$top/scripts/run-nginx" --folder "$run/nginx" --janus "127.0.0.1:$(cat "$run/janus/port")" \
		--html "$(pages)" --ip "$address" --user "$user" ${port:+--port "$port"} "$@" \
		>"$run/nginx.out" 2>&1 </dev/null &
	nginx_pid=$!
	up nginx "$nginx_pid" "$address" "$run/nginx/port" "$run/nginx.out" || return 1
	done_ nginx "listening on $address"
}

make_keys() {
	"$(built default therapy-invite)" keygen --out "$run/keys" >"$run/keygen.log" 2>&1 ||
		die "therapy-invite made no keys:" "$(cat "$run/keygen.log")"
	done_ keys "made for this run"
}

invite() {
	"$(built default therapy-invite)" invite --key "$run/keys/secret" --realm demo --area demo --for 12h "$@"
}

links() {
	local base=$1
	printf '\n  %sTherapist%s\n  %s\n' "$bold" "$plain" \
		"$(invite --role therapist --name 'Dr Demo' --link "$base/therapist.html")"
	printf '\n  %sClient%s\n  %s\n\n' "$bold" "$plain" \
		"$(invite --role client --room demo --name 'Alex' --with 'Dr Demo' --link "$base/")"
	if [ -n "$lan" ]; then
		say "  Open them on any device of this network. Each browser warns once about the self-made certificate;" \
			"its SHA-256 ends in $(openssl x509 -in "$state/lan.crt" -noout -fingerprint -sha256 | tail -c 24)"
	else
		say "  Open them in two browsers of this machine, or one of them in a private window."
	fi
	say "  ${dim}A link belongs to the first browser that opens it. Ctrl-C stops everything.${plain}"
	say ""
}

cmd_start() {
	local address=127.0.0.1 scheme=http tls=() status=0
	start_options "$@"
	# shellcheck disable=SC2086
	install_packages $packages_start
	build default all
	if [ -n "$lan" ]; then
		address=$(lan_address)
		[ -n "$address" ] || die "This machine is on no network, so --lan has nowhere to be reached."
		scheme=https
	fi

	start_user
	umask 077
	trap stop_all EXIT
	trap stopped_by_hand INT TERM HUP
	start_folder
	make_keys
	if [ -n "$lan" ]; then
		certificate "$address"
		tls=(--cert "$run/nginx/tls.crt" --cert-key "$run/nginx/tls.key")
	fi
	start_janus || exit 1
	start_nginx "$address" ${tls[@]+"${tls[@]}"} || exit 1
	links "$scheme://$address:$(cat "$run/nginx/port")"

	if [ -n "$log" ]; then
		tail -n 0 -F "$run/janus.log" >&2 &
		log_pid=$!
	fi
	wait -n "$janus_pid" "$nginx_pid" || status=$?
	if kill -0 "$janus_pid" 2>/dev/null; then
		failed_ nginx "it ended by itself ($(how_ended "$status")); its last words:"
		cat "$run/nginx.out" "$run/nginx/nginx.log" | tail -n 20 | sed 's/^/    /' >&2
	else
		failed_ janus "it ended by itself ($(how_ended "$status")); its last words:"
		end_of "$run/janus.log" 30
	fi
	cp "$run/janus.log" "$state/janus.log"
	say "    The whole log is $state/janus.log"
	exit 1
}
