package dev.zhida.report;

import dev.zhida.money.BusinessTime;
import dev.zhida.problem.Refusal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.stream.Stream;

/** Business days from the first until, not including, the last. */
record Days(LocalDate from, LocalDate until) {

    private static final int DEFAULT_DAYS = 90;
    private static final int MOST_DAYS = 400;

    /**
     * The days that were asked for; by default the last 90, today included.
     *
     * @throws Refusal {@code days-out-of-range}
     */
    static Days asked(LocalDate from, LocalDate until, Instant now) {
        var end = until == null ? BusinessTime.dayOf(now).plusDays(1) : until;
        var days = new Days(from == null ? end.minusDays(DEFAULT_DAYS) : from, end);
        if (days.count() < 1 || days.count() > MOST_DAYS) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "days-out-of-range",
                    "`from` is before `until`, which is not included, by at most " + MOST_DAYS + " days");
        }
        return days;
    }

    long count() {
        return ChronoUnit.DAYS.between(from, until);
    }

    Stream<LocalDate> stream() {
        return from.datesUntil(until);
    }

    /** The first day of a day's week. */
    static LocalDate monday(LocalDate day) {
        return day.minusDays(day.getDayOfWeek().getValue() - 1L);
    }

    /** As many days right before these. */
    Days before() {
        return new Days(from.minusDays(count()), from);
    }
}
