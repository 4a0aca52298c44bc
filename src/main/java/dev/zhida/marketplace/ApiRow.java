package dev.zhida.marketplace;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.zhida.money.BusinessTime;
import dev.zhida.money.Money;
import dev.zhida.money.Rate;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One object of a marketplace's answer, read strictly: what is absent, empty or {@code --} is {@code null}; what is
 * there and cannot be understood is an {@link IllegalArgumentException} that names the field. Numbers are read from
 * their own text and never pass through a binary floating-point number.
 */
public record ApiRow(JsonNode node) {

    /** Reads answers: a number keeps every digit, trailing zeros too. */
    public static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** Times as Taobao, JD and Douyin write them, in the zone of business days. */
    public static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

    /** A time as these marketplaces write it. */
    public static String local(Instant instant) {
        return LocalDateTime.ofInstant(instant, BusinessTime.ZONE).format(TIME);
    }

    /**
     * The rows of a page that can be understood, and what is wrong with the others.
     *
     * @param translate throws {@link IllegalArgumentException} for a row that it does not understand
     */
    public static <T> List<T> translate(
            Iterable<JsonNode> rows, Function<ApiRow, T> translate, List<FeedPage.Unreadable> unreadable) {
        var understood = new ArrayList<T>();
        for (var row : rows) {
            try {
                understood.add(translate.apply(new ApiRow(row)));
            } catch (IllegalArgumentException | NullPointerException e) {
                unreadable.add(new FeedPage.Unreadable(String.valueOf(e.getMessage()), storable(row.toString())));
            }
        }
        return understood;
    }

    /** A page of orders. */
    public static FeedPage orders(List<JsonNode> rows, Function<ApiRow, Observation> translate, String next) {
        var unreadable = new ArrayList<FeedPage.Unreadable>();
        var orders = translate(rows, translate, unreadable);
        return new FeedPage(orders, List.of(), List.of(), unreadable, rows.size(), next);
    }

    /** The text of the first of these fields that has one. */
    public String text(String... names) {
        for (var name : names) {
            var value = node.get(name);
            if (value != null && !value.isNull()) {
                var text = text(value).strip();
                if (!text.isEmpty() && !text.equals("--")) {
                    return text;
                }
            }
        }
        return null;
    }

    public String required(String... names) {
        var text = text(names);
        if (text == null) {
            throw new IllegalArgumentException(names[0] + " is missing");
        }
        return text;
    }

    /** A number that stands for nothing when it is 0, like an id or a time that is not known. */
    public String nonZero(String name) {
        var text = text(name);
        return "0".equals(text) ? null : text;
    }

    public Money yuan(String name) {
        return parsed(Money::ofYuan, name);
    }

    public Money fen(String... names) {
        return parsed(text -> Money.ofFen(new BigDecimal(text).longValueExact()), names);
    }

    public Rate percent(String name) {
        return parsed(Rate::ofPercent, name);
    }

    public Rate perMille(String name) {
        return parsed(text -> Rate.ofPerMille(Long.parseLong(text)), name);
    }

    public Rate tenThousandths(String name) {
        return parsed(text -> Rate.ofTenThousandths(Long.parseLong(text)), name);
    }

    /** A quantity; 1 where none is told. */
    public int quantity(String name) {
        var quantity = parsed(Integer::valueOf, name);
        return quantity == null ? 1 : quantity;
    }

    /** A local time of Asia/Shanghai. */
    public Instant time(String... names) {
        return parsed(
                text -> LocalDateTime.parse(text, TIME)
                        .atZone(BusinessTime.ZONE)
                        .toInstant(),
                names);
    }

    /** Unix seconds; 0 is no time. */
    public Instant seconds(String... names) {
        var seconds = parsed(Long::valueOf, names);
        return seconds == null || seconds == 0 ? null : Instant.ofEpochSecond(seconds);
    }

    /** An object within this one; an empty one if it is not there. */
    public ApiRow object(String name) {
        var value = node.get(name);
        return new ApiRow(value == null || !value.isObject() ? JSON.createObjectNode() : value);
    }

    /** Every field as text, as it was received. */
    public Map<String, String> raw() {
        var raw = new LinkedHashMap<String, String>();
        node.properties().forEach(field -> {
            if (!field.getValue().isNull()) {
                raw.put(storable(field.getKey()), storable(text(field.getValue())));
            }
        });
        return raw;
    }

    /** A row as {@link #raw} kept it: what was an object or a list is one again. */
    public static ApiRow of(Map<String, String> raw) {
        var node = JSON.createObjectNode();
        raw.forEach((name, text) -> node.set(name, kept(text)));
        return new ApiRow(node);
    }

    private static JsonNode kept(String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            try {
                return JSON.readTree(text);
            } catch (JsonProcessingException e) {
                // Some texts begin like an object and are none.
                return TextNode.valueOf(text);
            }
        }
        return TextNode.valueOf(text);
    }

    private static String text(JsonNode value) {
        if (value.isBigDecimal()) {
            return value.decimalValue().toPlainString();
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** The database takes every character but this one. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    private <T> T parsed(Function<String, T> parse, String... names) {
        var text = text(names);
        if (text == null) {
            return null;
        }
        try {
            return parse.apply(text);
        } catch (IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            throw new IllegalArgumentException(names[0] + " is not understood: " + text, e);
        }
    }
}
