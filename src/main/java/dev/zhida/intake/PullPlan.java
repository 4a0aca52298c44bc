package dev.zhida.intake;

import dev.zhida.marketplace.Feed;
import dev.zhida.money.BusinessTime;
import java.time.Duration;
import java.time.Instant;
import java.time.MonthDay;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How time is cut into windows. */
final class PullPlan {

    /** Windows that were narrowed double with every hour. */
    private static final Duration GROWS_WITHIN = Duration.ofHours(1);

    private PullPlan() {}

    /**
     * What to ask for.
     *
     * @param from from here it is asked
     * @param coversFrom from here it is covered by this window and no other
     * @param until not included
     */
    record Span(Instant from, Instant coversFrom, Instant until) {
        Span {
            if (from.isAfter(coversFrom) || !coversFrom.isBefore(until)) {
                throw new IllegalArgumentException("no span: " + from + ", " + coversFrom + ", " + until);
            }
        }

        Duration length() {
            return Duration.between(from, until);
        }
    }

    /** A window in two; {@code before} covers nothing of its own if all of it was overlap. */
    record Halves(Span before, boolean beforeCovers, Span after) {}

    /** Days on which much is bought, in every year. */
    record Promotions(List<Days> days) {

        record Days(MonthDay first, MonthDay last) {
            boolean has(MonthDay day) {
                return first.compareTo(last) <= 0
                        ? day.compareTo(first) >= 0 && day.compareTo(last) <= 0
                        : day.compareTo(first) >= 0 || day.compareTo(last) <= 0;
            }
        }

        static Promotions of(List<String> texts) {
            return new Promotions(texts.stream()
                    .map(text -> text.split("/"))
                    .map(parts ->
                            new Days(MonthDay.parse("--" + parts[0]), MonthDay.parse("--" + parts[parts.length - 1])))
                    .toList());
        }

        boolean on(Instant at) {
            var day = MonthDay.from(BusinessTime.dayOf(at));
            return days.stream().anyMatch(some -> some.has(day));
        }
    }

    /**
     * How wide windows may be.
     *
     * @param widest as the marketplace allows
     * @param promotionWidth on days of promotions
     */
    record Width(Duration widest, Promotions promotions, Duration promotionWidth) {
        Duration at(Instant from) {
            // A window from just before such a day would reach into it.
            return promotions.on(from) || promotions.on(from.plus(widest)) ? shorter(widest, promotionWidth) : widest;
        }
    }

    /** The widest window now, where the marketplace last said that {@code narrowed} may still do. */
    static Duration width(Duration widest, Duration narrowed, Instant narrowedAt, Instant now) {
        var hours = Math.max(0, Duration.between(narrowedAt, now).dividedBy(GROWS_WITHIN));
        return hours >= 30 ? widest : shorter(widest, narrowed.multipliedBy(1L << hours));
    }

    /**
     * Cuts what is not covered into windows that follow each other without a gap.
     *
     * @param covered until here everything is planned
     * @param until whole seconds
     * @param overlap how far back rows may show up late, seen from {@code now}
     * @param most so many windows and no more
     */
    static List<Span> cut(Instant covered, Instant until, Width width, Duration overlap, Instant now, int most) {
        var spans = new ArrayList<Span>();
        var at = covered;
        while (at.isBefore(until) && spans.size() < most) {
            var widest = width.at(at);
            // What ended longer ago than rows are late is read after all of them showed up.
            var back = spans.isEmpty() || at.isAfter(now.minus(overlap))
                    ? shorter(overlap, widest.dividedBy(2).truncatedTo(ChronoUnit.SECONDS))
                    : Duration.ZERO;
            var from = at.minus(back);
            var end = earlier(until, from.plus(widest));
            spans.add(new Span(from, at, end));
            at = end;
        }
        return spans;
    }

    /** Halves a window that holds too much; nothing shorter than two seconds can be halved. */
    static Halves halves(Span span) {
        var middle = span.from().plusSeconds(span.length().toSeconds() / 2);
        if (!middle.isAfter(span.from())) {
            throw new IllegalArgumentException("cannot be halved: " + span);
        }
        return middle.isAfter(span.coversFrom())
                ? new Halves(
                        new Span(span.from(), span.coversFrom(), middle), true, new Span(middle, middle, span.until()))
                : new Halves(
                        new Span(span.from(), span.from(), middle),
                        false,
                        new Span(middle, span.coversFrom(), span.until()));
    }

    /** What keeps up with the present; the others are swept. */
    static List<Feed> live(List<Feed> feeds) {
        return feeds.stream()
                .filter(feed -> switch (feed) {
                    case ORDERS_UPDATED, REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS -> true;
                    case ORDERS_CREATED -> !feeds.contains(Feed.ORDERS_UPDATED);
                    case ORDERS_SETTLED -> false;
                })
                .toList();
    }

    /** Whether a row leaves its place in the feed when it changes, so that others move up while one pages. */
    static boolean moves(Feed feed) {
        return switch (feed) {
            case ORDERS_UPDATED, REFUNDS_UPDATED, RELATION_REFUNDS_UPDATED, PUNISHMENTS -> true;
            case ORDERS_CREATED, ORDERS_SETTLED -> false;
        };
    }

    private static Duration shorter(Duration one, Duration other) {
        return List.of(one, other).stream().min(Comparator.naturalOrder()).orElseThrow();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
