/* SPDX-License-Identifier: GPL-3.0-or-later */
/**
 * @file signals.h
 * What the controllers are told about a link, and what the downlink makes of that.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THP_FEEDS_MAX 7                   /* others whom one person can receive */
#define THP_LINES_MAX (2 * THP_FEEDS_MAX) /* m-lines of a receiver: audio even, video odd */

/** One report block of an RTCP RR (RFC 3550 §6.4.2). */
typedef struct thp_rr {
	uint32_t highest_seq; /* extended */
	int32_t lost;         /* cumulative; can fall, for duplicates */
	int32_t rtt_ms;       /* now - LSR - DLSR; -1 if the receiver has seen no SR */
	int32_t skipped; /* cumulative, ours: numbers that were missing before they came to this link */
} thp_rr;

/**
 * What the receiver's page saw since its last report. Counts are differences; -1: not known.
 * Wanted four times a second while video or padding arrives or speech is concealed, else once: the
 * packets of speech say how long the queue is, the bytes of video what a full link carries.
 */
typedef struct thp_receiver_report {
	uint32_t span_ms; /* since the last report; 0 makes the report a mere sign of life */
	int32_t audio_samples;
	int32_t concealed_samples; /* without those concealed in silence */
	int32_t audio_packets;     /* received */
	int32_t audio_lost;        /* net of late arrivals */
	int32_t video_bytes;       /* received, with headers and padding */
	int32_t video_packets;     /* received, those of padding too */
	int32_t video_lost;        /* net of late arrivals */
	int32_t frames;            /* decoded, of all videos */
	int32_t freeze_ms;
	int32_t rtt_ms;
	int32_t quiet_ms; /* since the newest packet of any kind arrived */
	int32_t at_ms;    /* by the page's own clock: when it saw this; not above 0: not known */
	int32_t busy_ms;  /* by so much the page's machine did what it had to do too late */
	int32_t late_ms; /* by so much speech comes later than its clock makes it due; 0: in time */
} thp_receiver_report;

/** All that was handed to the link since it came up; sizes are of RTP packets, without UDP and IP. */
typedef struct thp_sent {
	uint64_t audio_bytes, video_bytes, padding_bytes; /* video without padding */
	/* by their numbers: what was lost on the camera's own way counts, as it does for the receiver */
	uint32_t audio_packets, video_packets, padding_packets;
	uint32_t
		late_ms; /* so late speech is already when it is handed over; the least late of several */
} thp_sent;

/** All that came in since the connection came up; lost as the numbering shows, after resends. */
typedef struct thp_received {
	uint64_t audio_bytes, video_bytes; /* of RTP packets, without UDP and IP */
	uint32_t audio_packets, video_packets;
	uint32_t audio_lost, video_lost; /* may fall when a late packet fills a gap */
	uint32_t queue_ms, late_ms;      /* as the newest packets of speech tell; see delay.h */
	int64_t came_us;                 /* when the newest packet of speech came; 0: none has */
	uint32_t usual_us;               /* the longest time between two of late */
} thp_received;

typedef struct thp_line_state {
	bool known;
	uint32_t highest_seq;
	int32_t lost;
	int32_t excused; /* of these: were missing before they came to this link */
	int64_t at_us;
} thp_line_state;

#define THP_DOWNLINK_SLOTS   64 /* tenths of a second; a ring of the last 6.4 s */
#define THP_DOWNLINK_SLOT_US INT64_C(100000)
#define THP_RTT_BUCKETS      6 /* tens of seconds, for the shortest round trip */
#define THP_BACK_TICKS       5

/** Sums of one tenth of a second. */
typedef struct thp_downlink_slot {
	uint32_t lost, expected;           /* of all lines, as RRs told then */
	uint32_t concealed, samples;       /* as reports told then */
	uint32_t audio_bytes, video_bytes; /* sent, on the wire; video with padding */
	uint32_t padding_bytes;            /* of these */
	uint32_t audio_packets;            /* sent by the end of it, ever */
} thp_downlink_slot;

/** What is known of the link, from all signals. */
typedef struct thp_downlink_sense {
	thp_downlink_slot slots[THP_DOWNLINK_SLOTS];
	uint32_t slot;
	int64_t slot_us;
	thp_line_state lines[THP_LINES_MAX];
	thp_sent sent;
	/* liveness */
	int64_t alive_us;     /* the last sign of life */
	int64_t report_us;    /* the last report of the page; 0: there was none */
	int64_t seen_us;      /* when the page saw what is in it */
	int64_t alive_for_us; /* since when signs follow each other closely */
	int64_t usual_us;     /* the usual time between two */
	bool deaf;            /* the page says that nothing arrives there */
	/* delay: by round trips, and by the speech that was sent and has not arrived */
	int32_t rtt_ms, rtt_before_ms, rtt_floor_ms[THP_RTT_BUCKETS];
	int64_t rtt_us, bucket_us;
	int32_t back_ms[THP_BACK_TICKS]; /* the queue on the other way, the newest first */
	int32_t back_late_ms[2];         /* the same by the newest packets alone */
	uint32_t pause_us; /* the longest time between two packets of the receiver's own speech, */
	int64_t spoke_us;  /* and when the newest came */
	int64_t came_us;   /* when speech that is sent here last had come late itself */
	int32_t late_ms;   /* by the page's clock, how late speech came on this link */
	uint32_t in_time;  /* reports in a row that say that speech is not late */
	int64_t late_us, late_at_us; /* when it was told, and seen */
	int32_t lag_ms[2],
		lag_floor_ms[THP_RTT_BUCKETS]; /* the floor is of all that is on its way */
	uint32_t arrived;                      /* packets of speech, lost ones too */
	int64_t lag_us, sent_us;
	int64_t lag_at_us;                      /* when the page saw it */
	int64_t lagging_us;                     /* when there last was no queue by that view */
	int32_t late_floor_ms[THP_RTT_BUCKETS]; /* the page's clock against ours */
	int64_t begun_us;
	int64_t busy_us; /* when a machine, here or there, last was too busy for its delays to mean anything */
	/* the receiver's estimate */
	uint32_t remb_kbps;
	int64_t remb_us;
	/* worked out at each tick */
	uint32_t lag_now_ms, late_now_ms; /* by the last report alone */
	uint32_t late_told_ms; /* the same, though something may have been done about it since */
	uint32_t queue_ms, loss_fast, loss_slow; /* permille */
	uint32_t concealed_fast, concealed_slow; /* permille */
	uint32_t audio_kbps, video_kbps;         /* sent */
	uint32_t video_fast_kbps;                /* the same in the last half second */
	uint32_t picture_kbps;                   /* the same without padding */
	uint32_t got_kbps;                       /* video received, by the last report */
	uint32_t got_before_kbps;                /* by the one before */
	int64_t got_us, got_from_us;             /* when it was told, and since when it counts */
	int64_t from_us;                         /* what was lost before that does not count */
	bool got_full; /* speech came late meanwhile: it is what the link bears */
	bool loss_known;
	uint64_t lost, expected; /* all there were */
} thp_downlink_sense;
