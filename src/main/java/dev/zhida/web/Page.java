package dev.zhida.web;

import dev.zhida.problem.Refusal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * One page of a list, newest first.
 *
 * @param next pass it as {@code cursor} to get what follows; {@code null} at the end
 * @param dataTo how fresh the list is
 */
public record Page<T>(
        @Schema(required = true) List<T> items,

        @Schema(nullable = true, description = "The cursor of what follows; null at the end.")
        String next,

        @Schema(required = true, description = "How fresh this is.")
        Instant dataTo) {

    public static final String DEFAULT_LIMIT = "50";
    public static final int MAX_LIMIT = 200;

    /**
     * Cuts a page from rows of which one more than {@code limit} was asked for.
     *
     * @param position what tells a row's place in the list
     */
    public static <T> Page<T> of(List<T> rows, int limit, Function<T, Object> position, Instant dataTo) {
        if (rows.size() <= limit) {
            return new Page<>(rows, null, dataTo);
        }
        var items = rows.subList(0, limit);
        return new Page<>(List.copyOf(items), cursor(position.apply(items.getLast())), dataTo);
    }

    private static String cursor(Object position) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(position.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads the position out of a cursor.
     *
     * @return {@code null} for no cursor
     * @throws Refusal if the cursor is none of ours
     */
    public static <P> P position(String cursor, Function<String, P> parse) {
        if (cursor == null || cursor.isEmpty()) {
            return null;
        }
        try {
            return parse.apply(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new Refusal(
                    Refusal.Kind.INVALID,
                    "cursor-unknown",
                    "pass a cursor as it came in `next`, or none to start over");
        }
    }
}
