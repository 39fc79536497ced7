/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function a request. None of them tells a name, a room or a pseudonym. */
#include "therapy-config.h"

#include "admin.h"

#include <therapy/reply.h>

#include "consents.h"
#include "disk.h"
#include "keys.h"
#include "log.h"
#include "ops.h"
#include "registry.h"

static json_t *status(void)
{
	guint64 relayed = atomic_load(&gateway.relayed);
	guint64 dropped = atomic_load(&gateway.dropped);
	thp_area_count heads = {0};
	guint areas = 0;

	thp_registry_count(&relayed, &dropped);
	thp_workers_count(&areas, &heads);
	thp_reply_status shown = {.version = PACKAGE_VERSION,
				  .draining = atomic_load(&gateway.draining),
				  .areas = areas,
				  .rooms = heads.rooms,
				  .participants = heads.participants,
				  .waiting = heads.waiting,
				  .admitted = heads.admitted,
				  .away = heads.away,
				  .relayed_packets = relayed,
				  .dropped_packets = dropped,
				  .refused_media = atomic_load(&gateway.refused_media),
				  .errors = atomic_load(&gateway.errors),
				  .unrecorded_packets = atomic_load(&gateway.unrecorded)};
	return thp_reply_status_new(&shown);
}

static json_t *drain(gboolean draining)
{
	/* Each worker finds it at its next look at the clock, and tells its therapists. */
	if (atomic_exchange(&gateway.draining, draining) != draining)
		log_info("%s", draining ? "draining: no session begins any more"
					: "sessions may begin again");
	return thp_reply_draining(draining);
}

static json_t *reload_keys(void)
{
	thp_err err = thp_keys_load();

	if (err != THP_OK)
		return thp_reply_error(err, NULL);
	log_info("%u keys were read anew", thp_keys_count());
	return thp_reply_keys_loaded(thp_keys_count());
}

static json_t *backup(void)
{
	thp_err err = THP_OK;
	g_autofree char *path = thp_disk_backup(&err);

	if (!path)
		return thp_reply_error(err, NULL);
	log_info("a backup was written: %s", path);
	return thp_reply_backup(path);
}

json_t *thp_admin_handle(json_t *message)
{
	g_autofree thp_admin *asked = g_new(thp_admin, 1);
	const char *field = NULL;
	thp_err err = thp_admin_parse(message, asked, &field);

	if (err != THP_OK)
		return thp_reply_error(err, field);
	switch (asked->kind) {
	case THP_ADMIN_STATUS:
		return status();
	case THP_ADMIN_DRAIN:
		return drain(TRUE);
	case THP_ADMIN_UNDRAIN:
		return drain(FALSE);
	case THP_ADMIN_RELOAD_KEYS:
		return reload_keys();
	case THP_ADMIN_BACKUP:
		return backup();
	case THP_ADMIN_LEDGER_BACKUP:
		return thp_consents_backup();
	case THP_ADMIN_LEDGER_VERIFY:
		return thp_consents_verify();
	default:
		return thp_ops_answer(asked);
	}
}
