/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Janus's recorder, as far as the plugin uses it: real files, in Janus's own form. */
#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <config.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <record.h>

#include "janus.h"

static atomic_bool broken;

void fake_recorder_break(gboolean on)
{
	atomic_store(&broken, on);
}

janus_recorder *janus_recorder_create(const char *dir, const char *codec, const char *filename)
{
	g_autofree char *name = g_strconcat(filename, ".mjr", NULL);
	g_autofree char *path = g_build_filename(dir, name, NULL);
	FILE *file = fopen(path, "wbe");

	if (!file)
		return NULL;
	janus_recorder *recorder = g_new0(janus_recorder, 1);
	recorder->file = file;
	recorder->filename = g_strdup(name);
	recorder->codec = g_strdup(codec);
	recorder->created = g_get_real_time();
	fputs("MJR00002", file);
	return recorder;
}

int janus_recorder_encrypted(janus_recorder *recorder)
{
	recorder->encrypted = TRUE;
	return 0;
}

static void write_header(janus_recorder *recorder)
{
	g_autofree char *info =
		g_strdup_printf("{\"t\":\"%s\",\"c\":\"%s\",\"s\":%" G_GINT64_FORMAT
				",\"u\":%" G_GINT64_FORMAT ",\"e\":true}",
				strcmp(recorder->codec, "opus") == 0 ? "a" : "v", recorder->codec,
				recorder->created, g_get_real_time());
	guint16 n = htons((guint16)strlen(info));

	recorder->started = g_get_monotonic_time();
	recorder->header = 1;
	fwrite(&n, sizeof n, 1, recorder->file);
	fputs(info, recorder->file);
}

int janus_recorder_save_frame(janus_recorder *recorder, char *buffer, uint length)
{
	if (!recorder->header)
		write_header(recorder);
	guint32 at = htonl((guint32)((g_get_monotonic_time() - recorder->started) / 1000));
	guint16 n = htons((guint16)length);
	if (atomic_load(&broken))
		return -5;
	fputs("MEET", recorder->file);
	fwrite(&at, sizeof at, 1, recorder->file);
	fwrite(&n, sizeof n, 1, recorder->file);
	return fwrite(buffer, 1, length, recorder->file) == length ? 0 : -5;
}

int janus_recorder_close(janus_recorder *recorder)
{
	return fflush(recorder->file);
}

void janus_recorder_destroy(janus_recorder *recorder)
{
	fclose(recorder->file);
	g_free(recorder->filename);
	g_free(recorder->codec);
	g_free(recorder);
}
