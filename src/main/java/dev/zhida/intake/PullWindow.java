package dev.zhida.intake;

import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.MarketplaceFailure;
import java.time.Instant;
import java.util.UUID;

/**
 * One stretch of time of one feed of one account, and how far it was read.
 *
 * @param runId the sweep or back-fill that it belongs to; {@code null} for {@code LIVE}
 * @param cursor where to go on; {@code null} at the beginning of a pass
 * @param pass how often it is being read, from 1
 * @param news rows that were news, of all passes
 * @param seenHash SHA-256 over the pages of the pass; {@code null} before the first
 * @param failures in a row
 * @param failureKind {@code null} if it never failed, or by a fault of ours
 * @param claim by which its reader is known; {@code null} unless it is being read
 */
record PullWindow(
        long id,
        UUID accountId,
        Feed feed,
        Kind kind,
        UUID runId,
        PullPlan.Span span,
        State state,
        String cursor,
        int pass,
        int passPages,
        int passNews,
        int pages,
        int rows,
        int news,
        int unreadable,
        byte[] seenHash,
        int attempts,
        int failures,
        Instant nextAttemptAt,
        MarketplaceFailure.Kind failureKind,
        String failure,
        UUID claim,
        Instant finishedAt) {

    /** What a window is for; the first goes before the last. */
    enum Kind {
        /** Keeps up with the present. */
        LIVE,
        /** An operator asked for it. */
        BACKFILL,
        /** Looks once more for what came late. */
        SWEEP
    }

    enum State {
        PENDING,
        RUNNING,
        COMPLETE,
        /** A person has to act: asking again changes nothing. */
        FAILED,
        /** The marketplace no longer remembers: a hole that does not heal. */
        TOO_LATE
    }
}
