# SPDX-License-Identifier: GPL-3.0-or-later
# Checks on the repository itself, each a shell script that speaks TAP.
repo_checks = %D%/layers.sh %D%/size.sh %D%/names.sh %D%/exports.sh %D%/hygiene.sh
TESTS += $(repo_checks)
