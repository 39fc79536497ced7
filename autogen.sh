#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Make ./configure from configure.ac. Run once after a clone; make keeps it fresh afterwards.
set -eu
cd "$(dirname "$0")"
mkdir -p build-aux
exec autoreconf --install "$@"
