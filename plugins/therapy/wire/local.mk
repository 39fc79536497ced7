# SPDX-License-Identifier: GPL-3.0-or-later
# JSON and SDP to plain structs and back.
noinst_LTLIBRARIES += libtherapy_wire.la
libtherapy_wire_la_SOURCES = \
	%D%/admin.c \
	%D%/body.c %D%/body.h \
	%D%/bytes.c %D%/bytes.h \
	%D%/claim_value.c \
	%D%/claims.c \
	%D%/consent_facts.c %D%/consent_facts.h \
	%D%/consent_file.c \
	%D%/consent_folder.c \
	%D%/consent_kantara.c \
	%D%/consent_record.c \
	%D%/consent_reply.c \
	%D%/consent_text.c %D%/consent_text_inside.h \
	%D%/fhir_bundle.c \
	%D%/fhir_consent.c \
	%D%/fhir_inside.h \
	%D%/fhir_party.c \
	%D%/fhir_trace.c \
	%D%/jsep.c \
	%D%/keys_read.c %D%/keys_read.h \
	%D%/manifest.c \
	%D%/metrics.c \
	%D%/metrics_text.c \
	%D%/mls.c %D%/mls.h \
	%D%/reply.c \
	%D%/reply_tier.c \
	%D%/report_read.c %D%/report_read.h \
	%D%/request.c \
	%D%/sdp_publish.c \
	%D%/sdp_receive.c \
	%D%/sdp_scan.c %D%/sdp_scan.h \
	%D%/span.c %D%/span.h \
	%D%/text.c %D%/text.h
libtherapy_wire_la_CFLAGS = $(THP_CFLAGS) $(GLIB_CFLAGS) $(JANSSON_CFLAGS)
