package dev.zhida.intake;

import dev.zhida.marketplace.Feed;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A range that is asked for once more.
 *
 * @param name what makes it one; equal names are the same run
 * @param requestedBy {@code null} for a sweep
 */
record PullRun(
        UUID id,
        UUID accountId,
        PullWindow.Kind kind,
        String name,
        List<Feed> feeds,
        Instant from,
        Instant until,
        UUID requestedBy) {

    /** How far it has come, in windows. */
    record Progress(
            PullRun run,
            Instant createdAt,
            long windows,
            long complete,
            long failed,
            long tooLate,
            long pages,
            long rows,
            long news) {}
}
