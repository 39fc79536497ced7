# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by run-janus and run-nginx.

# render TEMPLATE NAME=VALUE...: print the template with each @NAME@ replaced.
# Values are taken as they are, also with / & and \ in them.
render() {
	local template=$1 text pair name
	shift
	text=$(cat "$template")
	for pair in "$@"; do
		name=${pair%%=*}
		# Quoted, so that bash takes & in the value literally.
		text=${text//"@$name@"/"${pair#*=}"}
	done
	printf '%s\n' "$text"
}

# as_user USER COMMAND...: become COMMAND, as that user unless it is '', and end when the caller ends.
as_user() {
	local user=$1
	shift
	if [ -n "$user" ]; then
		exec setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups \
			--no-new-privs --inh-caps=-all --bounding-set=-all --pdeathsig TERM "$@"
	fi
	exec setpriv --pdeathsig TERM "$@"
}

# own FOLDER [USER]: the folder and what is in it belong to that user, and to nobody else.
own() {
	chmod 700 "$1"
	[ -z "${2:-}" ] || chown -R "$2:$(id -g "$2")" "$1"
}

# free_port ADDRESS: a TCP port the kernel has free there.
free_port() {
	perl -MIO::Socket::INET -e \
		'print IO::Socket::INET->new(Listen => 1, LocalAddr => shift)->sockport, "\n"' "$1"
}
