# SPDX-License-Identifier: GPL-3.0-or-later
# The plugin in the real Janus, spoken to by Node. Nothing to build: run by ./dev test.
