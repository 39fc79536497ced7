/* SPDX-License-Identifier: GPL-3.0-or-later */
/* therapy-recording: opens what janus.plugin.therapy has recorded, away from the server. */
#include "recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>
#include <therapy/seal.h>
#include <therapy/secret.h>

/* How a command ends. */
enum {
	EXIT_GOOD = 0,
	EXIT_PARTLY = 1,  /* some of it could not be opened */
	EXIT_CLOSED = 2,  /* none of it could */
	EXIT_TROUBLE = 3, /* a file or key cannot be used, or a wrong command line */
};

#define START_MAX_MS (G_GINT64_CONSTANT(12) * 3600 * 1000)
#define FILE_MAX     (G_GINT64_CONSTANT(2) << 30)

static const char help[] =
	"NAME\n"
	"  therapy-recording - open what janus.plugin.therapy has recorded\n"
	"\n"
	"SYNOPSIS\n"
	"  therapy-recording keygen DIR\n"
	"  therapy-recording open FOLDER --key FILE --out DIR\n"
	"\n"
	"DESCRIPTION\n"
	"  keygen  makes the organisation's key pair in DIR: recording.secret, which never goes to a server,\n"
	"          and recording.key, whose line goes into the plugin's configuration and the pages' site.json\n"
	"  open    opens the recording in FOLDER with recording.secret, into DIR, which must not be there yet:\n"
	"          one .opus (Ogg) for each voice and one .ivf (VP8) for each camera, all with the same beginning.\n"
	"          Says what became of each track. Needs no network and changes nothing in FOLDER.\n"
	"\n"
	"EXIT STATUS\n"
	"  0 all was opened; 1 some frames were not: their key is missing, or they were changed; 2 none were: it is\n"
	"  another organisation's key, or all keys are missing; 3 a file or key cannot be used, or the command line\n"
	"  makes no sense\n";

static int complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

static int complain(int status, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	g_autofree char *text = g_strdup_vprintf(format, args);
	va_end(args);
	(void)fprintf(stderr, "therapy-recording: %s\n", text);
	return status;
}

/* ---- keygen ---- */

static gboolean write_key(const char *dir, const char *name, gboolean secret,
			  const guint8 key[static THP_RECORDING_KEY_BYTES])
{
	g_autofree char *path = g_build_filename(dir, name, NULL);
	char text[THP_RECORDING_KEY_CHARS + 2];
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, secret ? 0600 : 0644);

	if (fd < 0) {
		(void)complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
		return FALSE;
	}
	thp_recording_key_print(key, secret, text);
	(void)g_strlcat(text, "\n", sizeof text);
	gboolean written = write(fd, text, strlen(text)) == (gssize)strlen(text) && fsync(fd) == 0;
	written = close(fd) == 0 && written;
	if (!written)
		(void)complain(EXIT_TROUBLE, "%s: cannot be written", path);
	if (written && !secret)
		printf("%s", text);
	thp_secret_wipe(text, sizeof text);
	return written;
}

static int keygen(const char *dir)
{
	guint8 public_key[THP_RECORDING_KEY_BYTES], secret_key[THP_RECORDING_KEY_BYTES];

	if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST)
		return complain(EXIT_TROUBLE, "%s: %s", dir, g_strerror(errno));
	thp_seal_keys(public_key, secret_key);
	gboolean done = write_key(dir, "recording.secret", TRUE, secret_key) &&
			write_key(dir, "recording.key", FALSE, public_key);
	thp_secret_wipe(secret_key, sizeof secret_key);
	return done ? EXIT_GOOD : EXIT_TROUBLE;
}

/* ---- open ---- */

typedef struct job {
	char *folder, *out; /* borrowed */
	guint8 secret[THP_RECORDING_KEY_BYTES];
	thp_manifest manifest;
	epoch_keys keys;
	gint64 begins_us; /* the earliest track */
	guint opened, missing, damaged;
} job;

static int read_secret(const char *path, guint8 key[static THP_RECORDING_KEY_BYTES])
{
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize n;

	if (!g_file_get_contents(path, &text, &n, &error))
		return complain(EXIT_TROUBLE, "%s", error->message);
	thp_err err = thp_recording_key_read(g_strstrip(text), TRUE, key);
	thp_secret_wipe(text, n);
	return err ? complain(EXIT_TROUBLE, "%s: holds no %s key", path, THP_RECORDING_KEY_SECRET)
		   : EXIT_GOOD;
}

static int read_manifest(job *j)
{
	g_autofree char *path = g_build_filename(j->folder, THP_MANIFEST_FILE, NULL);
	g_autoptr(GError) error = NULL;
	g_autofree char *text = NULL;
	gsize n;

	if (!g_file_get_contents(path, &text, &n, &error))
		return complain(EXIT_TROUBLE, "%s", error->message);
	return thp_manifest_read(text, n, &j->manifest)
		       ? complain(EXIT_TROUBLE, "%s: is no manifest of a recording", path)
		       : EXIT_GOOD;
}

/* Every file called *.key: after a crash the manifest does not count them all. */
static int read_keys(job *j)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GDir) dir = g_dir_open(j->folder, 0, &error);
	const char *name;
	guint others = 0;

	if (!dir)
		return complain(EXIT_TROUBLE, "%s", error->message);
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(j->folder, name, NULL);
		g_autofree char *sealed = NULL;
		gsize n;

		if (!g_str_has_suffix(name, ".key") ||
		    !g_file_get_contents(path, &sealed, &n, NULL))
			continue;
		others += keys_add(&j->keys, j->secret, (const guint8 *)sealed, n) != THP_OK;
	}
	if (others > 0)
		(void)complain(EXIT_CLOSED,
			       "%u sealed keys are not for this secret key, or damaged", others);
	return EXIT_GOOD;
}

static GMappedFile *map(const job *j, const char *name)
{
	g_autofree char *path = g_build_filename(j->folder, name, NULL);
	g_autoptr(GError) error = NULL;
	GMappedFile *file = g_mapped_file_new(path, FALSE, &error);

	if (!file || (gint64)g_mapped_file_get_length(file) > FILE_MAX) {
		(void)complain(EXIT_TROUBLE, "%s: %s", path,
			       error ? error->message : "is too large");
		g_clear_pointer(&file, g_mapped_file_unref);
	}
	return file;
}

static thp_err open_mjr(mjr *m, GMappedFile *file)
{
	return mjr_open(m, (const guint8 *)g_mapped_file_get_contents(file),
			g_mapped_file_get_length(file));
}

static void find_beginning(job *j)
{
	for (guint i = 0; i < j->manifest.n_tracks; i++) {
		g_autoptr(GMappedFile) file = map(j, j->manifest.tracks[i].file);
		mjr m;

		if (file && open_mjr(&m, file) == THP_OK && m.started_us > 0)
			j->begins_us =
				j->begins_us == 0 ? m.started_us : MIN(j->begins_us, m.started_us);
	}
}

typedef struct tally {
	guint opened, missing, damaged, unheard, lost;
	gint64 end_ms;
} tally;

static gboolean write_frames(const job *j, mjr *m, FILE *file, tally *count)
{
	gint64 start_ms = CLAMP((m->started_us - j->begins_us) / 1000, 0, START_MAX_MS);
	writer *w = writer_new(file, m->video, start_ms);
	g_auto(frames) all = {0};
	gboolean good = TRUE;

	frames_read(&all, m);
	count->lost = all.lost;
	for (guint i = 0; good && i < all.list->len; i++) {
		const frame *f = &g_array_index(all.list, frame, i);
		const guint8 *plain;
		gsize n = f->n;

		switch (frame_open(&j->keys, m->video, all.bytes->data + f->at, &n, &plain)) {
		case OPENED:
			good = writer_put(w, f->ts, plain, n);
			count->opened++;
			break;
		case NO_KEY:
			count->missing++;
			break;
		case UNHEARD:
			count->unheard++;
			break;
		default:
			count->damaged++;
			break;
		}
	}
	good = writer_end(w, &count->end_ms) && good;
	thp_secret_wipe(all.bytes->data, all.bytes->len);
	return good;
}

/* Where a track goes: as its own name, with an ending that players know; not over another one. */
static char *path_of(const job *j, guint number)
{
	const thp_manifest_track *t = &j->manifest.tracks[number];
	g_autofree char *name =
		g_strdup_printf("%u-%s-%s-%u.%s", t->person, t->role, t->video ? "video" : "audio",
				number + 1, t->video ? "ivf" : "opus");

	return g_build_filename(j->out, name, NULL);
}

static int open_track(job *j, guint number)
{
	g_autoptr(GMappedFile) mapped = map(j, j->manifest.tracks[number].file);
	g_autofree char *path = path_of(j, number);
	tally count = {0};
	mjr m;

	if (!mapped)
		return EXIT_TROUBLE;
	if (open_mjr(&m, mapped) != THP_OK)
		return complain(EXIT_TROUBLE, "%s: is no file of Janus's recorder",
				j->manifest.tracks[number].file);
	FILE *file = fopen(path, "wbxe");
	if (!file)
		return complain(EXIT_TROUBLE, "%s: %s", path, g_strerror(errno));
	gboolean good = write_frames(j, &m, file, &count);
	good = fclose(file) == 0 && good;
	if (!good)
		return complain(EXIT_TROUBLE, "%s: cannot be written", path);
	g_autofree char *name = g_path_get_basename(path);
	printf("%s: until %" G_GINT64_FORMAT
	       ".%03d s, %u frames opened, %u without a key, %u damaged, "
	       "%u incomplete, %u that nobody could hear, %" G_GUINT64_FORMAT
	       " packets never written\n",
	       name, count.end_ms / 1000, (int)(count.end_ms % 1000), count.opened, count.missing,
	       count.damaged, count.lost, count.unheard, j->manifest.tracks[number].lost);
	j->opened += count.opened;
	j->missing += count.missing;
	j->damaged += count.damaged;
	return EXIT_GOOD;
}

static int open_all(job *j)
{
	int status = EXIT_GOOD;

	if (mkdir(j->out, S_IRWXU) != 0)
		return complain(EXIT_TROUBLE, "%s: %s", j->out, g_strerror(errno));
	find_beginning(j);
	for (guint i = 0; i < j->manifest.n_tracks; i++) {
		int of_track = open_track(j, i);
		status = MAX(status, of_track);
	}
	if (j->manifest.ended_ms == 0)
		printf("the recording was cut off: there may have been more\n");
	if (status != EXIT_GOOD)
		return status;
	if (j->opened == 0)
		return EXIT_CLOSED;
	return j->missing + j->damaged > 0 ? EXIT_PARTLY : EXIT_GOOD;
}

static int open_recording(char *folder, char *out, const char *key)
{
	g_autofree job *j = g_new0(job, 1);

	j->folder = folder;
	j->out = out;
	(void)umask(S_IRWXG | S_IRWXO);
	int status = read_secret(key, j->secret);
	if (status == EXIT_GOOD)
		status = read_manifest(j);
	if (status == EXIT_GOOD)
		status = read_keys(j);
	if (status == EXIT_GOOD)
		status = open_all(j);
	keys_wipe(&j->keys);
	thp_secret_wipe(j->secret, sizeof j->secret);
	return status;
}

/* ---- the command line ---- */

static int parse_open(int argc, char **argv)
{
	g_autofree char *key = NULL, *out = NULL;
	const GOptionEntry entries[] = {
		{"key", 0, 0, G_OPTION_ARG_FILENAME, &key, "recording.secret", "FILE"},
		{"out", 0, 0, G_OPTION_ARG_FILENAME, &out, "a new folder for what is opened",
		 "DIR"},
		G_OPTION_ENTRY_NULL};
	g_autoptr(GOptionContext) context = g_option_context_new("FOLDER");
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error))
		return complain(EXIT_TROUBLE, "%s", error->message);
	if (argc != 2 || !key || !out)
		return complain(EXIT_TROUBLE, "open needs one FOLDER, --key and --out");
	return open_recording(argv[1], out, key);
}

int main(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "--help";

	if (strcmp(command, "--help") == 0 || strcmp(command, "-h") == 0) {
		(void)fputs(help, argc < 2 ? stderr : stdout);
		return argc < 2 ? EXIT_TROUBLE : EXIT_GOOD;
	}
	if (thp_crypto_init())
		return complain(EXIT_TROUBLE, "libsodium does not start");
	if (strcmp(command, "keygen") == 0 && argc == 3)
		return keygen(argv[2]);
	if (strcmp(command, "open") == 0)
		return parse_open(argc - 1, argv + 1);
	return complain(EXIT_TROUBLE, "there is no such command; --help lists them");
}
