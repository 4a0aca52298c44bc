package dev.zhida.intake;

import static dev.zhida.database.SqlValues.utc;

import dev.zhida.marketplace.Feed;
import dev.zhida.marketplace.FeedPage;
import dev.zhida.marketplace.Marketplace;
import dev.zhida.marketplace.MarketplaceFailure;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Pull windows in the database. */
@ApplicationScoped
class PullStore {

    private static final String LOCK_PLANNING = "select pg_advisory_xact_lock(hashtext('pull-plan'), hashtext(?))";

    private final Jdbi jdbi;

    PullStore(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** How wide windows were made, and when. */
    record Narrowed(Duration width, Instant at) {}

    /** Where the live windows of a feed stand. */
    record Head(Instant until, boolean stuck) {}

    /**
     * One planner at a time for an account's feed, until the transaction ends; answers where its windows end.
     *
     * @param tries the feed is stuck when so many of the last live windows failed
     */
    Optional<Head> lockHead(UUID accountId, Feed feed, int tries) {
        return jdbi.withHandle(handle -> {
            handle.execute(LOCK_PLANNING, accountId + "/" + feed);
            return handle.createQuery("""
                            select max(until_at) until_at, count(*) = :tries and bool_and(state = 'FAILED') stuck
                            from (select until_at, state from pull_window
                                  where account_id = :account and feed = :feed and kind = 'LIVE'
                                  order by until_at desc limit :tries) w
                            """)
                    .bind("account", accountId)
                    .bind("feed", feed.name())
                    .bind("tries", tries)
                    .map((row, context) -> new Head(instant(row, "until_at"), row.getBoolean("stuck")))
                    .findOne()
                    .filter(head -> head.until() != null);
        });
    }

    Optional<Narrowed> narrowed(UUID accountId, Feed feed) {
        return jdbi.withHandle(handle -> handle.createQuery(
                        "select seconds, narrowed_at from pull_width where account_id = :account and feed = :feed")
                .bind("account", accountId)
                .bind("feed", feed.name())
                .map((row, context) ->
                        new Narrowed(Duration.ofSeconds(row.getLong("seconds")), instant(row, "narrowed_at")))
                .findOne());
    }

    void narrow(UUID accountId, Feed feed, Duration width, Instant at) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into pull_width (account_id, feed, seconds, narrowed_at)
                        values (:account, :feed, :seconds, :at)
                        on conflict on constraint pull_width_pkey do update
                            set seconds = excluded.seconds, narrowed_at = excluded.narrowed_at
                        """)
                .bind("account", accountId)
                .bind("feed", feed.name())
                .bind("seconds", Math.max(1, width.toSeconds()))
                .bind("at", utc(at))
                .execute());
    }

    /** The stretches since the first live window that no live window covers; there are none unless rows were lost. */
    List<PullPlan.Span> forgotten(UUID accountId, Feed feed) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select lower(g) from_at, upper(g) until_at
                        from (select tstzmultirange(tstzrange(min(covers_from), max(until_at)))
                                   - range_agg(tstzrange(covers_from, until_at)) gaps
                              from pull_window where account_id = :account and feed = :feed and kind = 'LIVE') w,
                            unnest(gaps) g
                        order by 1
                        """)
                .bind("account", accountId)
                .bind("feed", feed.name())
                .map((row, context) ->
                        new PullPlan.Span(instant(row, "from_at"), instant(row, "from_at"), instant(row, "until_at")))
                .list());
    }

    void add(
            UUID accountId,
            Feed feed,
            PullWindow.Kind kind,
            UUID runId,
            List<PullPlan.Span> spans,
            Instant nextAttemptAt,
            Instant at) {
        if (spans.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> handle.createUpdate("""
                        insert into pull_window (account_id, feed, kind, run_id, from_at, covers_from, until_at,
                            next_attempt_at, created_at)
                        select :account, :feed, :kind, :run, t.from_at, t.covers_from, t.until_at, :next, :at
                        from unnest(:froms, :covers, :untils) as t (from_at, covers_from, until_at)
                        """)
                .bind("account", accountId)
                .bind("feed", feed.name())
                .bind("kind", kind.name())
                .bind("run", runId)
                .bind("next", utc(nextAttemptAt))
                .bind("at", utc(at))
                .bindArray(
                        "froms",
                        OffsetDateTime.class,
                        spans.stream().map(s -> utc(s.from())).toList())
                .bindArray(
                        "covers",
                        OffsetDateTime.class,
                        spans.stream().map(s -> utc(s.coversFrom())).toList())
                .bindArray(
                        "untils",
                        OffsetDateTime.class,
                        spans.stream().map(s -> utc(s.until())).toList())
                .execute());
    }

    /** Takes the next window of an account that is due, or whose reader has died; nobody else gets the same. */
    Optional<PullWindow> claim(UUID accountId, UUID claim, Instant now, Duration lease) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        update pull_window set state = 'RUNNING', claim = :claim, claimed_until = :until,
                            attempts = attempts + 1, started_at = coalesce(started_at, :now)
                        where id = (
                            select id from pull_window
                            where account_id = :account and state in ('PENDING', 'RUNNING') and next_attempt_at <= :now
                              and (state = 'PENDING' or claimed_until <= :now)
                            order by kind = 'LIVE' desc, kind = 'BACKFILL' desc, from_at, id
                            limit 1 for update skip locked)
                        returning *
                        """)
                .bind("account", accountId)
                .bind("claim", claim)
                .bind("until", utc(now.plus(lease)))
                .bind("now", utc(now))
                .map((row, context) -> window(row))
                .findOne());
    }

    /**
     * Writes how far a window has come, for its reader only. One that is complete lacks no row any more that this reading
     * did not meet. What was refused as a mistake of ours counts on: the pages before it work each time.
     *
     * @return the window as it is now; empty if it is no longer the reader's
     */
    Optional<PullWindow> progress(PullWindow window, Instant now, Duration lease) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with moved as (
                            update pull_window set state = :state, cursor = :cursor, pass = :pass, pass_pages = :passPages,
                                pass_news = :passNews, pages = :pages, rows = :rows, news = :news, unreadable = :unreadable,
                                seen_hash = :hash,
                                failures = case when :state = 'RUNNING' and failure_kind = 'CALLER' then failures else 0 end,
                                failure_kind = case when :state = 'RUNNING' and failure_kind = 'CALLER' then failure_kind end,
                                failure = case when :state = 'RUNNING' and failure_kind = 'CALLER' then failure end,
                                claim = case when :state = 'RUNNING' then claim end,
                                claimed_until = case when :state = 'RUNNING' then :until::timestamptz end,
                                finished_at = case when :state = 'RUNNING' then null else :now::timestamptz end
                            where id = :id and claim = :claim
                            returning *),
                        resolved as (
                            update pull_unreadable u set resolved_at = :now from moved m
                            where m.state = 'COMPLETE' and u.window_id = m.id and u.resolved_at is null
                              and u.seen_at < m.started_at)
                        select * from moved
                        """)
                .bind("id", window.id())
                .bind("claim", window.claim())
                .bind("state", window.state().name())
                .bind("cursor", window.cursor())
                .bind("pass", window.pass())
                .bind("passPages", window.passPages())
                .bind("passNews", window.passNews())
                .bind("pages", window.pages())
                .bind("rows", window.rows())
                .bind("news", window.news())
                .bind("unreadable", window.unreadable())
                .bind("hash", window.seenHash())
                .bind("until", utc(now.plus(lease)))
                .bind("now", utc(now))
                .map((row, context) -> window(row))
                .findOne());
    }

    /** Gives a window back after a failure, or ends it; whether it was still the reader's. */
    boolean fail(
            PullWindow window,
            PullWindow.State state,
            String cursor,
            Instant nextAttemptAt,
            MarketplaceFailure.Kind kind,
            String words,
            Instant now) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        update pull_window set state = :state, cursor = :cursor, failures = failures + 1,
                            next_attempt_at = :next, failure_kind = :kind, failure = :words, claim = null,
                            claimed_until = null,
                            finished_at = case when :state = 'PENDING' then null else :now::timestamptz end
                        where id = :id and claim = :claim
                        """)
                        .bind("id", window.id())
                        .bind("claim", window.claim())
                        .bind("state", state.name())
                        .bind("cursor", cursor)
                        .bind("next", utc(nextAttemptAt))
                        .bind("kind", kind == null ? null : kind.name())
                        .bind("words", words)
                        .bind("now", utc(now))
                        .execute())
                == 1;
    }

    /** Lets the other windows of an account wait as well, when the account as a whole was told to. */
    void wait(UUID accountId, Instant until) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update pull_window set next_attempt_at = :until
                        where id in (select id from pull_window
                            where account_id = :account and state = 'PENDING' and next_attempt_at < :until
                            for update skip locked)
                        """)
                .bind("account", accountId)
                .bind("until", utc(until))
                .execute());
    }

    /** Gives a window back as it is, because its reader stops. */
    void release(PullWindow window) {
        jdbi.useHandle(handle -> handle.createUpdate("""
                        update pull_window set state = 'PENDING', claim = null, claimed_until = null
                        where id = :id and claim = :claim
                        """)
                .bind("id", window.id())
                .bind("claim", window.claim())
                .execute());
    }

    /** Makes two windows of one, both to be read from their beginnings; whether it was still the reader's. */
    boolean split(PullWindow window, PullPlan.Halves halves, Instant now) {
        var mine = jdbi.withHandle(handle -> handle.createUpdate("""
                        update pull_window set state = 'PENDING', claim = null, claimed_until = null, cursor = null,
                            pass = 1, pass_pages = 0, pass_news = 0, seen_hash = null, failures = 0,
                            from_at = :from, covers_from = :covers, until_at = :until, next_attempt_at = :now
                        where id = :id and claim = :claim
                        """)
                .bind("id", window.id())
                .bind("claim", window.claim())
                .bind("from", utc(halves.after().from()))
                .bind("covers", utc(halves.after().coversFrom()))
                .bind("until", utc(halves.after().until()))
                .bind("now", utc(now))
                .execute());
        if (mine == 1) {
            var kind = halves.beforeCovers() ? window.kind() : PullWindow.Kind.SWEEP;
            add(window.accountId(), window.feed(), kind, window.runId(), List.of(halves.before()), now, now);
        }
        return mine == 1;
    }

    void keepUnreadable(PullWindow window, List<FeedPage.Unreadable> rows, Instant at) {
        if (rows.isEmpty()) {
            return;
        }
        jdbi.useHandle(handle -> {
            var batch = handle.prepareBatch("""
                    insert into pull_unreadable (account_id, feed, hash, reason, raw, window_id, seen_at)
                    values (:account, :feed, sha256(:bytes), :reason, :raw, :window, :at)
                    on conflict on constraint pull_unreadable_pkey do update
                        set reason = excluded.reason, seen_at = excluded.seen_at, resolved_at = null
                    """);
            for (var row : rows) {
                batch.bind("account", window.accountId())
                        .bind("feed", window.feed().name())
                        .bind("bytes", row.raw().getBytes(StandardCharsets.UTF_8))
                        .bind("reason", row.reason())
                        .bind("raw", row.raw().replace("\0", ""))
                        .bind("window", window.id())
                        .bind("at", utc(at))
                        .add();
            }
            batch.execute();
        });
    }

    // Runs.

    /** Begins a run; whether nobody had begun it before. */
    boolean begin(PullRun run, Instant at) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        insert into pull_run (id, account_id, kind, name, feeds, from_at, until_at, requested_by, created_at)
                        values (:id, :account, :kind, :name, :feeds, :from, :until, :by, :at)
                        on conflict on constraint pull_run_name_key do nothing
                        """)
                        .bind("id", run.id())
                        .bind("account", run.accountId())
                        .bind("kind", run.kind().name())
                        .bind("name", run.name())
                        .bindArray(
                                "feeds",
                                String.class,
                                run.feeds().stream().map(Enum::name).toList())
                        .bind("from", utc(run.from()))
                        .bind("until", utc(run.until()))
                        .bind("by", run.requestedBy())
                        .bind("at", utc(at))
                        .execute()
                == 1);
    }

    private static final String PROGRESS = """
            select r.*, count(w.id) windows, count(*) filter (where w.state = 'COMPLETE') complete,
                count(*) filter (where w.state = 'FAILED') failed, count(*) filter (where w.state = 'TOO_LATE') too_late,
                coalesce(sum(w.pages), 0) pages, coalesce(sum(w.rows), 0) rows, coalesce(sum(w.news), 0) news
            from pull_run r left join pull_window w on w.run_id = r.id
            where r.kind = 'BACKFILL'
            """;

    List<PullRun.Progress> backfills(UUID before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery(PROGRESS + """
                        and (:before::uuid is null or r.id < :before) group by r.id order by r.id desc limit :limit
                        """)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> progress(row))
                .list());
    }

    Optional<PullRun.Progress> backfill(UUID id) {
        return jdbi.withHandle(handle -> handle.createQuery(PROGRESS + " and r.id = :id group by r.id")
                .bind("id", id)
                .map((row, context) -> progress(row))
                .findOne());
    }

    // What people look at.

    /** Which windows to list; absent is any. */
    record Filter(UUID accountId, Feed feed, PullWindow.State state, PullWindow.Kind kind) {}

    List<PullWindow> windows(Filter filter, Long before, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select * from pull_window
                        where (:account::uuid is null or account_id = :account)
                          and (:feed::text is null or feed = :feed)
                          and (:state::text is null or state = :state)
                          and (:kind::text is null or kind = :kind)
                          and (:before::bigint is null or id < :before)
                        order by id desc limit :limit
                        """)
                .bind("account", filter.accountId())
                .bind("feed", name(filter.feed()))
                .bind("state", name(filter.state()))
                .bind("kind", name(filter.kind()))
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> window(row))
                .list());
    }

    /**
     * Lets failed windows be tried again, and complete ones be read anew of which rows could not be understood; answers
     * how many.
     *
     * @param remembered what begins before is not read anew: the marketplace no longer has it, and a hole would stay
     */
    int retry(UUID accountId, Feed feed, Long windowId, Instant remembered, Instant at) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                                update pull_window set state = 'PENDING', finished_at = null, next_attempt_at = :at,
                                    failures = 0
                                where account_id = :account and state in ('FAILED', 'TOO_LATE')
                                  and (:feed::text is null or feed = :feed) and (:id::bigint is null or id = :id)
                                """)
                        .bind("account", accountId)
                        .bind("feed", name(feed))
                        .bind("id", windowId)
                        .bind("at", utc(at))
                        .execute()
                + handle.createUpdate("""
                                update pull_window w set state = 'PENDING', started_at = null, finished_at = null,
                                    next_attempt_at = :at, failures = 0, unreadable = 0, pass = 1, pass_pages = 0,
                                    pass_news = 0, seen_hash = null
                                where account_id = :account and state = 'COMPLETE' and from_at > :remembered
                                  and (:feed::text is null or feed = :feed) and (:id::bigint is null or id = :id)
                                  and exists (select from pull_unreadable u
                                    where u.window_id = w.id and u.resolved_at is null)
                                """)
                        .bind("account", accountId)
                        .bind("feed", name(feed))
                        .bind("id", windowId)
                        .bind("remembered", utc(remembered))
                        .bind("at", utc(at))
                        .execute());
    }

    /** Rows of a window that could not be understood, also those that were later. */
    List<UnreadableRow> unreadable(long windowId, String after, int limit) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select encode(hash, 'hex') hash, reason, raw, seen_at, resolved_at from pull_unreadable
                        where window_id = :window and (:after::text is null or hash > decode(:after, 'hex'))
                        order by hash limit :limit
                        """)
                .bind("window", windowId)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, context) -> new UnreadableRow(
                        row.getString("hash"),
                        row.getString("reason"),
                        row.getString("raw"),
                        instant(row, "seen_at"),
                        instant(row, "resolved_at")))
                .list());
    }

    /** Feeds with rows that could not be understood, in windows that are kept. */
    List<FeedOf> unreadable() {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select distinct u.account_id, u.feed from pull_unreadable u
                        where u.resolved_at is null and exists (select from pull_window w where w.id = u.window_id)
                        order by u.account_id, u.feed
                        """)
                .map((row, context) ->
                        new FeedOf(row.getObject("account_id", UUID.class), Feed.valueOf(row.getString("feed"))))
                .list());
    }

    /** What could not be understood of windows that begin before {@code until}; each row once, however many met it. */
    List<Unread> unread(Instant until) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        select distinct on (a.marketplace, a.name, u.account_id, u.feed, u.hash)
                            a.marketplace, a.name, u.feed, encode(u.hash, 'hex') hash, u.reason
                        from pull_unreadable u join marketplace_account a on a.id = u.account_id
                        left join pull_window w on w.id = u.window_id
                        where u.resolved_at is null and coalesce(w.from_at, u.seen_at) < :until
                        order by a.marketplace, a.name, u.account_id, u.feed, u.hash, u.seen_at desc
                        """)
                .bind("until", utc(until))
                .map((row, context) -> new Unread(
                        row.getString("marketplace"),
                        row.getString("name"),
                        Feed.valueOf(row.getString("feed")),
                        row.getString("hash"),
                        row.getString("reason")))
                .list());
    }

    /**
     * Lets what was not authorised be tried again. All of it where the account's connection has changed since, or a moment
     * before: calls that were under way then still had the old key. Else it may have been passing, as where a gateway
     * turns callers away for a while: after {@code wait} the first window of a feed, and when one was read since, the
     * others.
     */
    int retryNotAuthorised(Duration wait, Instant at) {
        return jdbi.withHandle(handle -> handle.createUpdate("""
                        update pull_window w set state = 'PENDING', finished_at = null, next_attempt_at = :at, failures = 0
                        from marketplace_connection c
                        where c.account_id = w.account_id and w.state = 'FAILED' and w.failure_kind = 'NOT_AUTHORISED'
                          and (c.changed_at > w.finished_at - interval '1 minute'
                            or w.finished_at <= :before and (
                              exists (select from pull_window r where r.account_id = w.account_id and r.feed = w.feed
                                and r.state = 'COMPLETE' and r.finished_at > w.finished_at)
                              or not exists (select from pull_window o where o.account_id = w.account_id
                                and o.feed = w.feed and o.state in ('FAILED', 'PENDING', 'RUNNING')
                                and o.failure_kind = 'NOT_AUTHORISED' and (o.from_at, o.id) < (w.from_at, w.id))))
                        """)
                .bind("before", utc(at.minus(wait)))
                .bind("at", utc(at))
                .execute());
    }

    /** Forgets what is not complete of feeds that are not asked for; they are planned anew if they are again. */
    void forgetOpen(UUID accountId, Collection<Feed> feeds) {
        jdbi.useHandle(handle -> handle.createUpdate(
                        "delete from pull_window where account_id = :account and feed = any(:feeds) and state <> 'COMPLETE'")
                .bind("account", accountId)
                .bindArray("feeds", String.class, feeds.stream().map(Enum::name).toList())
                .execute());
    }

    /** What is covered, per account and feed, since the first live window that is kept. */
    List<Coverage> coverage(UUID accountId, Feed feed) {
        return jdbi.withHandle(handle -> {
            var coverage = handle.createQuery("""
                            select w.account_id, a.marketplace, a.name, w.feed, min(w.covers_from) from_at,
                                coalesce(min(w.covers_from) filter (where w.state not in ('COMPLETE', 'TOO_LATE')),
                                    max(w.until_at)) covered_to,
                                (select count(distinct u.hash) from pull_unreadable u where u.account_id = w.account_id
                                    and u.feed = w.feed and u.resolved_at is null) unreadable
                            from pull_window w join marketplace_account a on a.id = w.account_id
                            where w.kind = 'LIVE' and (:account::uuid is null or w.account_id = :account)
                              and (:feed::text is null or w.feed = :feed)
                            group by w.account_id, a.marketplace, a.name, w.feed
                            order by a.marketplace, a.name, w.feed
                            """)
                    .bind("account", accountId)
                    .bind("feed", name(feed))
                    .map((row, context) -> new Coverage(
                            row.getObject("account_id", UUID.class),
                            row.getString("marketplace"),
                            row.getString("name"),
                            Feed.valueOf(row.getString("feed")),
                            instant(row, "from_at"),
                            instant(row, "covered_to"),
                            row.getLong("unreadable"),
                            new ArrayList<>()))
                    .list();
            coverage.forEach(one -> one.gaps().addAll(gaps(handle, one.accountId(), one.feed())));
            return coverage;
        });
    }

    /**
     * The part of what was planned that is not covered, told apart by what became of it: ranges of complete windows are
     * put together and taken away from the whole, so that a missing row shows as well as one that is not done.
     */
    private static List<Gap> gaps(Handle handle, UUID accountId, Feed feed) {
        return handle.createQuery("""
                        with live as (
                            select covers_from, until_at, state from pull_window
                            where account_id = :account and feed = :feed and kind = 'LIVE'),
                        gap as (
                            select unnest(tstzmultirange(tstzrange(min(covers_from), max(until_at)))
                                - coalesce(range_agg(tstzrange(covers_from, until_at)) filter (where state = 'COMPLETE'),
                                    '{}'::tstzmultirange)) g
                            from live)
                        select lower(g) from_at, upper(g) until_at,
                            coalesce((select string_agg(distinct state, ',' order by state) from live
                                where tstzrange(covers_from, until_at) && g and state <> 'COMPLETE'), 'MISSING') states
                        from gap order by 1 limit 100
                        """)
                .bind("account", accountId)
                .bind("feed", feed.name())
                .map((row, context) -> new Gap(
                        instant(row, "from_at"),
                        instant(row, "until_at"),
                        List.of(row.getString("states").split(","))))
                .list();
    }

    /**
     * What of a time no complete live window covers, since the first window that is kept: of every feed that was pulled in
     * that time or whose account has a connection still. What was never pulled lacks nothing: files may tell of it.
     */
    List<Uncovered> uncovered(Instant from, Instant until) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with pulled as (
                            select account_id, feed, min(covers_from) first_at, max(until_at) last_at
                            from pull_window where kind = 'LIVE' group by account_id, feed),
                        asked as (
                            select * from pulled p
                            where p.first_at < :until
                              and (p.last_at > :from
                                   or exists (select from marketplace_connection c where c.account_id = p.account_id))),
                        gap as (
                            select p.account_id, p.feed, unnest(
                                tstzmultirange(tstzrange(greatest(p.first_at, :from), :until))
                                - coalesce(range_agg(tstzrange(w.covers_from, w.until_at)) filter (where w.state = 'COMPLETE'),
                                    '{}'::tstzmultirange)) g
                            from asked p
                            left join pull_window w on w.account_id = p.account_id and w.feed = p.feed and w.kind = 'LIVE'
                                and w.until_at > :from and w.covers_from < :until
                            group by p.account_id, p.feed, p.first_at)
                        select g.account_id, a.marketplace, a.name, g.feed, lower(g.g) from_at, upper(g.g) until_at,
                            coalesce((select string_agg(distinct w.state, ',' order by w.state) from pull_window w
                                where w.account_id = g.account_id and w.feed = g.feed and w.kind = 'LIVE'
                                  and tstzrange(w.covers_from, w.until_at) && g.g and w.state <> 'COMPLETE'), 'MISSING') states
                        from gap g join marketplace_account a on a.id = g.account_id
                        order by a.marketplace, a.name, g.feed, 4
                        """)
                .bind("from", utc(from))
                .bind("until", utc(until))
                .map((row, context) -> new Uncovered(
                        row.getObject("account_id", UUID.class),
                        row.getString("marketplace"),
                        row.getString("name"),
                        Feed.valueOf(row.getString("feed")),
                        new Gap(
                                instant(row, "from_at"),
                                instant(row, "until_at"),
                                List.of(row.getString("states").split(",")))))
                .list());
    }

    /**
     * Where the live windows of a feed stand.
     *
     * @param coveredTo until here everything is covered, or lost
     * @param failed seconds that wait for a person
     * @param lost seconds that are never covered
     */
    record Standing(Instant coveredTo, long failed, long lost) {}

    /** Empty before the first window. */
    Optional<Standing> standing(UUID accountId, Feed feed) {
        return jdbi.withHandle(handle -> handle.createQuery("""
                        with open as (
                            select covers_from, until_at, state, extract(epoch from until_at - covers_from) seconds
                            from pull_window
                            where account_id = :account and feed = :feed and kind = 'LIVE' and state <> 'COMPLETE')
                        select coalesce((select min(covers_from) from open where state <> 'TOO_LATE'),
                                (select max(until_at) from pull_window
                                 where account_id = :account and feed = :feed and kind = 'LIVE')) covered_to,
                            coalesce((select sum(seconds) from open where state = 'FAILED'), 0) failed,
                            coalesce((select sum(seconds) from open where state = 'TOO_LATE'), 0) lost
                        """)
                .bind("account", accountId)
                .bind("feed", feed.name())
                .map((row, context) ->
                        new Standing(instant(row, "covered_to"), row.getLong("failed"), row.getLong("lost")))
                .findOne()
                .filter(standing -> standing.coveredTo() != null));
    }

    /** Until when every connected account of a marketplace has told its orders; those without a window yet left out. */
    Map<Marketplace, Instant> ordersToldUntil() {
        var told = new EnumMap<Marketplace, Instant>(Marketplace.class);
        jdbi.useHandle(handle -> handle.createQuery("""
                        select marketplace, min(covered_to) told_until from (
                            select a.marketplace,
                                coalesce(min(w.covers_from) filter (where w.state not in ('COMPLETE', 'TOO_LATE')),
                                    max(w.until_at)) covered_to
                            from marketplace_connection c join marketplace_account a on a.id = c.account_id
                            join pull_window w on w.account_id = a.id and w.feed = 'ORDERS_UPDATED' and w.kind = 'LIVE'
                            group by a.marketplace, a.id) account
                        group by 1
                        """)
                .map((row, context) ->
                        told.put(Marketplace.valueOf(row.getString("marketplace")), instant(row, "told_until")))
                .list());
        return told;
    }

    /**
     * Forgets windows that are over, and runs that have none left. Of live ones only those before the first that stays: a
     * stretch forgotten behind one that stays would look like a gap, and be asked for again.
     */
    void forget(Instant before) {
        jdbi.useTransaction(handle -> {
            handle.createUpdate("""
                            with stays as (
                                select account_id, feed, min(covers_from) first from pull_window
                                where kind = 'LIVE' and not (state in ('COMPLETE', 'TOO_LATE')
                                    and finished_at < :before and until_at < :before)
                                group by account_id, feed)
                            delete from pull_window w
                            where state in ('COMPLETE', 'TOO_LATE') and finished_at < :before and until_at < :before
                              and (kind <> 'LIVE' or not exists (select from stays s
                                where s.account_id = w.account_id and s.feed = w.feed and s.first < w.covers_from))
                            """).bind("before", utc(before)).execute();
            handle.createUpdate("""
                            delete from pull_run r where created_at < :before
                            and not exists (select from pull_window w where w.run_id = r.id)
                            """).bind("before", utc(before)).execute();
        });
    }

    /** What a feed's live windows cover. */
    record Coverage(
            UUID accountId,
            String marketplace,
            String account,
            Feed feed,
            Instant from,
            Instant coveredTo,
            long unreadable,
            List<Gap> gaps) {}

    /** A gap of a feed of an account. */
    record Uncovered(UUID accountId, String marketplace, String account, Feed feed, Gap gap) {}

    /**
     * A row that could not be understood, as received.
     *
     * @param hash SHA-256 of it, in hex
     * @param resolvedAt when its window was read again without it; {@code null} until then
     */
    record UnreadableRow(String hash, String reason, String raw, Instant seenAt, Instant resolvedAt) {}

    /** The same, of an account's feed. */
    record Unread(String marketplace, String account, Feed feed, String hash, String reason) {}

    record FeedOf(UUID accountId, Feed feed) {}

    /** What is not covered, and the states of the windows that should. */
    record Gap(Instant from, Instant until, List<String> states) {}

    private static PullWindow window(ResultSet row) throws SQLException {
        var kind = row.getString("failure_kind");
        return new PullWindow(
                row.getLong("id"),
                row.getObject("account_id", UUID.class),
                Feed.valueOf(row.getString("feed")),
                PullWindow.Kind.valueOf(row.getString("kind")),
                row.getObject("run_id", UUID.class),
                new PullPlan.Span(instant(row, "from_at"), instant(row, "covers_from"), instant(row, "until_at")),
                PullWindow.State.valueOf(row.getString("state")),
                row.getString("cursor"),
                row.getInt("pass"),
                row.getInt("pass_pages"),
                row.getInt("pass_news"),
                row.getInt("pages"),
                row.getInt("rows"),
                row.getInt("news"),
                row.getInt("unreadable"),
                row.getBytes("seen_hash"),
                row.getInt("attempts"),
                row.getInt("failures"),
                instant(row, "next_attempt_at"),
                kind == null ? null : MarketplaceFailure.Kind.valueOf(kind),
                row.getString("failure"),
                row.getObject("claim", UUID.class),
                instant(row, "finished_at"));
    }

    private static PullRun.Progress progress(ResultSet row) throws SQLException {
        var feeds = new ArrayList<Feed>();
        for (var feed : (String[]) row.getArray("feeds").getArray()) {
            feeds.add(Feed.valueOf(feed));
        }
        return new PullRun.Progress(
                new PullRun(
                        row.getObject("id", UUID.class),
                        row.getObject("account_id", UUID.class),
                        PullWindow.Kind.valueOf(row.getString("kind")),
                        row.getString("name"),
                        feeds,
                        instant(row, "from_at"),
                        instant(row, "until_at"),
                        row.getObject("requested_by", UUID.class)),
                instant(row, "created_at"),
                row.getLong("windows"),
                row.getLong("complete"),
                row.getLong("failed"),
                row.getLong("too_late"),
                row.getLong("pages"),
                row.getLong("rows"),
                row.getLong("news"));
    }

    private static String name(Enum<?> value) {
        return value == null ? null : value.name();
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
