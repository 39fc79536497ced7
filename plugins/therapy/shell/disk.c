/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Between the workers and the store's thread. */
#include "disk.h"

#include <sys/stat.h>

#include "log.h"

static thp_store *store;    /* constant while workers run; NULL: nothing lasts */
static atomic_bool failing; /* the last write did */

gboolean thp_disk_is_open(void)
{
	return store != NULL;
}

gboolean thp_disk_open(void)
{
	const char *folder = gateway.conf.data_dir;
	g_autoptr(GString) why = g_string_new(NULL);

	if (folder[0] == '\0') {
		log_warn(
			"general.data_dir is empty: nobody will be where they were after a restart");
		return TRUE;
	}
	/* Its parent must be there: a misspelt path is not made. */
	(void)mkdir(folder, S_IRWXU);
	if (thp_store_open(folder, why, &store) == THP_OK)
		return TRUE;
	log_err("%s", why->str);
	return FALSE;
}

static void visit(const char *area, const thp_lasting *facts, guint n, void *data)
{
	(void)data;
	thp_worker_restore(area, facts, n);
}

gboolean thp_disk_restore(void)
{
	if (!store)
		return TRUE;
	thp_err err = thp_store_read(store, visit, NULL);
	if (err != THP_OK) {
		log_err("%s/%s: %s", gateway.conf.data_dir, THP_STORE_FILE, thp_err_text(err));
		return FALSE;
	}
	thp_store_start(store);
	return TRUE;
}

/* Once each way, however many writes it concerns. */
static void tell_of(thp_err err)
{
	gboolean fails = err != THP_OK;

	if (atomic_exchange(&failing, fails) == fails)
		return;
	if (fails)
		log_err("%s/%s: %s; what cannot be stored is refused, running sessions go on",
			gateway.conf.data_dir, THP_STORE_FILE, thp_err_text(err));
	else
		log_info("%s/%s can be written again", gateway.conf.data_dir, THP_STORE_FILE);
}

static void done(thp_err err, void *data)
{
	thp_job *job = data;

	tell_of(err);
	job->err = err;
	thp_worker_post(job);
}

void thp_disk_write(const char *area, gboolean whole, GArray *facts, thp_job *job)
{
	thp_store_write(store, area, whole, facts, done, job);
}

char *thp_disk_backup(thp_err *err)
{
	g_autoptr(GDateTime) at = g_date_time_new_now_utc();
	g_autofree char *stamp = g_date_time_format(at, "%Y%m%dT%H%M%S");
	g_autofree char *path = g_strdup_printf("%s/backup-%s%03dZ.db", gateway.conf.data_dir,
						stamp, g_date_time_get_microsecond(at) / 1000);

	*err = store ? thp_store_backup(store, path) : THP_WRONG_STATE;
	return *err == THP_OK ? g_steal_pointer(&path) : NULL;
}

void thp_disk_warn_of_left_out(guint n)
{
	log_warn("%u facts in %s/%s contradict the rest, and were left out", n,
		 gateway.conf.data_dir, THP_STORE_FILE);
}

void thp_disk_close(void)
{
	g_clear_pointer(&store, thp_store_close);
	atomic_store(&failing, FALSE);
}
