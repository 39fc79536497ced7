# SPDX-License-Identifier: GPL-3.0-or-later
# THP_BUILD_FLAGS: warnings, sanitizers, fuzzing. Sets THP_CFLAGS (for every target of ours),
# THP_FUZZ_LDFLAGS, THP_FUZZ_LDADD and the conditional THP_FUZZ.

# THP_TRY_CFLAGS(FLAG...): add to THP_CFLAGS each flag this compiler knows.
AC_DEFUN([THP_TRY_CFLAGS], [
	m4_foreach_w([thp_flag], [$1], [
		AC_MSG_CHECKING([whether $CC knows thp_flag])
		thp_save_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -Werror thp_flag"
		AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
			[AC_MSG_RESULT([yes]); THP_CFLAGS="$THP_CFLAGS thp_flag"],
			[AC_MSG_RESULT([no])])
		CFLAGS=$thp_save_CFLAGS
	])
])

# THP_PTHREAD: one probe is enough on the systems Janus runs on.
AC_DEFUN([THP_PTHREAD], [
	AC_SEARCH_LIBS([pthread_create], [pthread], [],
		[AC_MSG_ERROR([POSIX threads are missing])])
])

AC_DEFUN([THP_BUILD_FLAGS], [
	AC_ARG_VAR([SANITIZE], [sanitizers to build with: address,undefined or thread])
	AC_ARG_ENABLE([werror],
		[AS_HELP_STRING([--enable-werror], [treat warnings as errors])], [], [enable_werror=no])
	AC_ARG_ENABLE([fuzz],
		[AS_HELP_STRING([--enable-fuzz],
			[build the fuzz targets with libFuzzer (needs clang) instead of corpus replay])],
		[thp_fuzz=$enableval], [thp_fuzz=no])

	THP_CFLAGS='-std=gnu11 -I$(top_srcdir)/include -fvisibility=hidden'
	THP_TRY_CFLAGS([-Wall -Wextra -Wshadow -Wpointer-arith -Wcast-qual -Wwrite-strings -Wformat=2
		-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wundef -Wvla
		-Wimplicit-fallthrough -Wlogical-op -Wduplicated-cond -Wduplicated-branches
		-Wjump-misses-init -Wnull-dereference -Wdouble-promotion
		-fstack-protector-strong -fno-common])
	AS_IF([test "$enable_werror" = yes], [THP_CFLAGS="$THP_CFLAGS -Werror"])

	AS_IF([test "$thp_fuzz" = yes], [
		AS_IF([test -z "$SANITIZE"], [SANITIZE=address,undefined])
		AC_MSG_CHECKING([whether $CC has libFuzzer])
		thp_save_CFLAGS=$CFLAGS
		CFLAGS="$CFLAGS -fsanitize=fuzzer"
		AC_LINK_IFELSE([AC_LANG_SOURCE([[
				#include <stddef.h>
				int LLVMFuzzerTestOneInput(const unsigned char *d, size_t n);
				int LLVMFuzzerTestOneInput(const unsigned char *d, size_t n) { return d && n ? 0 : 0; }
			]])],
			[AC_MSG_RESULT([yes])],
			[AC_MSG_RESULT([no])
			AC_MSG_ERROR([--enable-fuzz needs clang with its runtime: CC=clang])])
		CFLAGS=$thp_save_CFLAGS
		# Every layer, or libFuzzer sees no coverage there.
		THP_CFLAGS="$THP_CFLAGS -fsanitize=fuzzer-no-link"
		THP_FUZZ_LDFLAGS='-fsanitize=fuzzer'
		THP_FUZZ_LDADD=
		AC_DEFINE([THP_FUZZING], [1], [Built for libFuzzer.])
	], [
		THP_FUZZ_LDFLAGS=
		THP_FUZZ_LDADD=libtherapy_replay.la
	])
	AM_CONDITIONAL([THP_FUZZ], [test "$thp_fuzz" = yes])
	AC_SUBST([THP_FUZZ_LDFLAGS])
	AC_SUBST([THP_FUZZ_LDADD])

	# Sanitizers go into CFLAGS and LDFLAGS themselves, so that no target can miss them.
	AS_CASE([$SANITIZE],
		[''], [],
		[thread|address|undefined|address,undefined|undefined,address], [
			CFLAGS="$CFLAGS -fsanitize=$SANITIZE -fno-omit-frame-pointer -fno-sanitize-recover=all"
			LDFLAGS="$LDFLAGS -fsanitize=$SANITIZE"
			AC_DEFINE([THP_SANITIZED], [1], [Built with a sanitizer.])
		],
		[AC_MSG_ERROR([SANITIZE=$SANITIZE: only address,undefined or thread])])
	AC_SUBST([THP_CFLAGS])
])
