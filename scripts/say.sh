# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced. How ./dev speaks: to standard error, so that standard output is free for results.

if [ -t 2 ] && [ -z "${NO_COLOR:-}" ]; then
	bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m' clear=$'\r\e[K'
else
	bold= dim= red= green= plain= clear=
fi

say() { printf '%s\n' "$*" >&2; }
done_() { printf '%s%s✓%s %-10s %s%s%s\n' "$clear" "$green" "$plain" "$1" "$dim" "${2:-}" "$plain" >&2; }
failed_() { printf '%s%s✗%s %-10s %s\n' "$clear" "$red" "$plain" "$1" "${2:-}" >&2; }
die() {
	printf '%s%s%s%s\n' "$clear" "$red" "$1" "$plain" >&2
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" >&2
	exit 1
}

# doing NAME TEXT LOG COMMAND...: run it, its output in LOG; on a terminal show the newest line of it.
# Says nothing about how it ended: the caller knows the words.
doing() {
	local name=$1 text=$2 log=$3 pid line started=$SECONDS status=0
	shift 3
	mkdir -p "$(dirname "$log")"
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	if [ -t 2 ]; then
		while kill -0 "$pid" 2>/dev/null; do
			line=$(tail -n 1 "$log" 2>/dev/null | tr -cd '[:print:]' | cut -c1-50)
			printf '%s  %-10s %s %s%ss  %s%s' "$clear" "$name" "$text" "$dim" \
				"$((SECONDS - started))" "$line" "$plain" >&2
			sleep 0.2
		done
		printf '%s' "$clear" >&2
	else
		printf '  %-10s %s\n' "$name" "$text" >&2
	fi
	wait "$pid" || status=$?
	return "$status"
}

# end_of LOG [LINES]: the end of a log, indented.
end_of() { tail -n "${2:-15}" "$1" | sed 's/^/    /' >&2; }
