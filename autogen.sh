#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Make ./configure from configure.ac. Run once after a clone; make keeps it fresh afterwards.
set -eu
cd "$(dirname "$0")"
mkdir -p build-aux

# A folder without a fragment yet has nothing to build.
sed -n 's/^include \([a-z].*\.mk\)$/\1/p' Makefile.am | while read -r fragment; do
	[ -e "$fragment" ] && continue
	mkdir -p "$(dirname "$fragment")"
	printf '# SPDX-License-Identifier: GPL-3.0-or-later\n# Nothing to build here yet.\n' >"$fragment"
done

exec autoreconf --install "$@"
