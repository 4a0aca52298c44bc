package dev.zhida.sandbox;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;

/** Times as the vendors write them: local ones of GMT+8. Inside they are seconds since the epoch. */
final class Times {

    static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
    static final long HOUR = 3_600;
    static final long DAY = 86_400;
    /** A moment that a line never reaches. */
    static final long NEVER = -1;

    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

    private Times() {}

    static String local(long second) {
        return LOCAL.format(LocalDateTime.ofInstant(Instant.ofEpochSecond(second), ZONE));
    }

    /** The local text, or {@code none} for what has not happened yet. */
    static String local(long second, String none) {
        return second == NEVER ? none : local(second);
    }

    /** Reads a local time; {@code NEVER} for what is none. */
    static long read(String text) {
        try {
            return LocalDateTime.parse(text, LOCAL).atZone(ZONE).toEpochSecond();
        } catch (DateTimeException e) {
            return NEVER;
        }
    }

    /** The day as {@code yyyyMMdd}. */
    static int day(long second) {
        var day = Instant.ofEpochSecond(second).atZone(ZONE).toLocalDate();
        return day.getYear() * 10_000 + day.getMonthValue() * 100 + day.getDayOfMonth();
    }

    /** The month as {@code yyyyMM}. */
    static int month(long second) {
        return day(second) / 100;
    }

    /** Ten in the morning of the 20th of the month after. */
    static long settlementAfter(long second) {
        return Instant.ofEpochSecond(second)
                .atZone(ZONE)
                .toLocalDate()
                .plusMonths(1)
                .withDayOfMonth(20)
                .atTime(10, 0)
                .atZone(ZONE)
                .toEpochSecond();
    }
}
