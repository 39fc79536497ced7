# SPDX-License-Identifier: GPL-3.0-or-later
# Checks on the repository itself.
