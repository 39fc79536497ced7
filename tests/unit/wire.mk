# SPDX-License-Identifier: GPL-3.0-or-later
# The wire layer, its protocol page, and the packet helpers of the core.
wire_unit_tests = \
	tests/unit/admin \
	tests/unit/consent_text \
	tests/unit/fhir \
	tests/unit/jsep \
	tests/unit/protocol_doc \
	tests/unit/reply \
	tests/unit/request \
	tests/unit/rtcp \
	tests/unit/rtp \
	tests/unit/sdp \
	tests/unit/sdp_receive \
	tests/unit/vp8
check_PROGRAMS += $(wire_unit_tests)
TESTS += $(wire_unit_tests)

wire_unit_cflags = $(THP_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS)
wire_unit_libs = libtherapy_wire.la libtherapy_core.la $(JANSSON_LIBS) $(GLIB_LIBS)

tests_unit_consent_text_SOURCES = %D%/consent_text.c %D%/folder.c %D%/folder.h
tests_unit_consent_text_CFLAGS = $(wire_unit_cflags)
tests_unit_consent_text_LDADD = $(wire_unit_libs)

tests_unit_fhir_SOURCES = %D%/fhir.c
tests_unit_fhir_CFLAGS = $(wire_unit_cflags)
tests_unit_fhir_LDADD = $(wire_unit_libs)

tests_unit_protocol_doc_SOURCES = %D%/protocol_doc.c %D%/protocol_events.c %D%/protocol_events.h
tests_unit_protocol_doc_CFLAGS = $(wire_unit_cflags)
tests_unit_protocol_doc_LDADD = $(wire_unit_libs)

tests_unit_reply_SOURCES = %D%/reply.c
tests_unit_reply_CFLAGS = $(wire_unit_cflags)
tests_unit_reply_LDADD = $(wire_unit_libs)

tests_unit_request_SOURCES = %D%/request.c
tests_unit_request_CFLAGS = $(wire_unit_cflags)
tests_unit_request_LDADD = $(wire_unit_libs)

tests_unit_rtcp_SOURCES = %D%/rtcp.c
tests_unit_rtcp_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_unit_rtcp_LDADD = libtherapy_core.la $(GLIB_LIBS)

tests_unit_rtp_SOURCES = %D%/rtp.c
tests_unit_rtp_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_unit_rtp_LDADD = libtherapy_core.la $(GLIB_LIBS)

tests_unit_sdp_SOURCES = %D%/sdp.c
tests_unit_sdp_CFLAGS = $(wire_unit_cflags)
tests_unit_sdp_LDADD = $(wire_unit_libs)

tests_unit_jsep_SOURCES = %D%/jsep.c
tests_unit_jsep_CFLAGS = $(wire_unit_cflags)
tests_unit_jsep_LDADD = $(wire_unit_libs)

tests_unit_sdp_receive_SOURCES = %D%/sdp_receive.c
tests_unit_sdp_receive_CFLAGS = $(wire_unit_cflags)
tests_unit_sdp_receive_LDADD = $(wire_unit_libs)

tests_unit_admin_SOURCES = %D%/admin.c
tests_unit_admin_CFLAGS = $(wire_unit_cflags)
tests_unit_admin_LDADD = $(wire_unit_libs)

tests_unit_vp8_SOURCES = %D%/vp8.c
tests_unit_vp8_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS)
tests_unit_vp8_LDADD = libtherapy_core.la $(GLIB_LIBS)
