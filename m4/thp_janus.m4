# SPDX-License-Identifier: GPL-3.0-or-later
# THP_JANUS: find Janus's headers, learn which Janus they belong to, and probe what they offer.
#
# Sets JANUS_CFLAGS; defines THP_JANUS_VERSION (1102 for 1.1.2: the form of Janus's own
# `janus_version`) and THP_JANUS_API, so that the plugin can refuse a Janus it was not built for.
# What differs between versions is probed by compiling, since the version numbers do not tell.

# THP_JANUS_NUMBER(VARIABLE, TEXT): "1.1.2-1" → 1102; empty if TEXT is no version.
AC_DEFUN([THP_JANUS_NUMBER],
	[$1=`printf '%s\n' "$2" | $SED -n \
		's/^@<:@^0-9@:>@*\(@<:@0-9@:>@@<:@0-9@:>@*\)\.\(@<:@0-9@:>@@<:@0-9@:>@*\)\.\(@<:@0-9@:>@@<:@0-9@:>@*\).*/\1 \2 \3/p' |
		awk 'NR == 1 { print @S|@1 * 1000 + @S|@2 * 100 + @S|@3 }'`])

AC_DEFUN([THP_JANUS], [
	AC_REQUIRE([AC_PROG_SED])
	AC_ARG_WITH([janus-include],
		[AS_HELP_STRING([--with-janus-include=DIR],
			[the folder that holds janus/plugins/plugin.h @<:@by pkg-config, else /usr/include@:>@])],
		[], [with_janus_include=])
	AC_ARG_WITH([janus-version],
		[AS_HELP_STRING([--with-janus-version=NNNN],
			[the Janus to build for, 1102 meaning 1.1.2 @<:@found by itself@:>@])],
		[], [with_janus_version=])

	thp_janus_pc=
	thp_janus_include=$with_janus_include
	AS_IF([test -z "$thp_janus_include" && $PKG_CONFIG --exists janus-gateway], [
		thp_janus_pc=`$PKG_CONFIG --modversion janus-gateway`
		thp_janus_include=`$PKG_CONFIG --variable=includedir janus-gateway`
	])
	AS_IF([test -z "$thp_janus_include"], [
		thp_janus_include=/usr/include
		AS_IF([test ! -e /usr/include/janus && test -e /usr/local/include/janus],
			[thp_janus_include=/usr/local/include])
	])

	# Up to 1.3.0 plugin.h includes "refcount.h" without its folder, so both are needed.
	JANUS_CFLAGS="-isystem $thp_janus_include/janus"
	AS_CASE([$thp_janus_include], [/usr/include], [],
		[JANUS_CFLAGS="-isystem $thp_janus_include $JANUS_CFLAGS"])
	AC_SUBST([JANUS_CFLAGS])

	thp_save_CPPFLAGS=$CPPFLAGS
	CPPFLAGS="$CPPFLAGS $JANUS_CFLAGS $GLIB_CFLAGS $JANSSON_CFLAGS"

	AC_MSG_CHECKING([for Janus's plugin headers in $thp_janus_include])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <janus/plugins/plugin.h>]])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([janus/plugins/plugin.h does not compile.
Install janus-dev (Debian), or name the folder: --with-janus-include=/opt/janus/include])])

	AC_COMPUTE_INT([THP_JANUS_API], [JANUS_PLUGIN_API_VERSION],
		[[#include <janus/plugins/plugin.h>]],
		[AC_MSG_ERROR([plugin.h does not tell its JANUS_PLUGIN_API_VERSION])])

	AC_MSG_CHECKING([which Janus to build for])
	THP_JANUS_VERSION=$with_janus_version
	thp_janus_from='--with-janus-version'
	AS_IF([test -z "$THP_JANUS_VERSION" && test -n "$thp_janus_pc"], [
		THP_JANUS_NUMBER([THP_JANUS_VERSION], [$thp_janus_pc])
		thp_janus_from='janus-gateway.pc'
	])
	AS_IF([test -z "$THP_JANUS_VERSION" && test "$thp_janus_include" = /usr/include], [
		thp_janus_dpkg=`dpkg-query -W -f '${Version}' janus-dev 2>/dev/null`
		THP_JANUS_NUMBER([THP_JANUS_VERSION], [$thp_janus_dpkg])
		thp_janus_from='the package janus-dev'
	])
	AS_IF([test -z "$THP_JANUS_VERSION"], [
		thp_janus_run=`janus --version 2>/dev/null | $SED -n 's/^Janus version:.*(\(.*\)).*/\1/p'`
		THP_JANUS_NUMBER([THP_JANUS_VERSION], [$thp_janus_run])
		thp_janus_from='janus --version'
	])
	AS_CASE([$THP_JANUS_VERSION],
		[@<:@1-9@:>@@<:@0-9@:>@@<:@0-9@:>@@<:@0-9@:>@*],
			[AC_MSG_RESULT([$THP_JANUS_VERSION (from $thp_janus_from)])],
		[AC_MSG_RESULT([unknown])
		AC_MSG_ERROR([cannot tell which Janus these headers belong to.
Say it, 1102 meaning 1.1.2: --with-janus-version=NNNN])])

	AC_DEFINE_UNQUOTED([THP_JANUS_VERSION], [$THP_JANUS_VERSION],
		[The Janus this plugin is built for, in the form of janus_version.])
	AC_DEFINE_UNQUOTED([THP_JANUS_API], [$THP_JANUS_API],
		[The plugin API version of that Janus.])

	AC_MSG_CHECKING([whether simulcast takes the dependency descriptor])
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[
			#include <glib.h>
			#include <janus/plugins/plugin.h>
			#include <janus/rtp.h>
		]], [[
			janus_rtp_simulcasting_context *c = 0;
			uint32_t ssrcs@<:@3@:>@ = {0};
			char *rids@<:@3@:>@ = {0};
			janus_rtp_switching_context *s = 0;
			return janus_rtp_simulcasting_context_process_rtp(c, 0, 0, (uint8_t *)0, 0, ssrcs, rids,
				JANUS_VIDEOCODEC_VP8, s, 0);
		]])],
		[AC_MSG_RESULT([yes])
		AC_DEFINE([THP_HAVE_SIMULCAST_DD], [1],
			[janus_rtp_simulcasting_context_process_rtp() takes the dependency descriptor.])],
		[AC_MSG_RESULT([no])])

	AC_CHECK_MEMBERS([janus_plugin_rtp_extensions.abs_capture_ts,
		janus_plugin_rtp_extensions.spatial_layers], [], [], [[#include <janus/plugins/plugin.h>]])
	AC_CHECK_DECLS([janus_is_keyframe, janus_plugin_rtp_duplicate], [], [],
		[[#include <glib.h>
		#include <janus/plugins/plugin.h>
		#include <janus/rtp.h>
		#include <janus/utils.h>]])

	CPPFLAGS=$thp_save_CPPFLAGS
])
