package dev.zhida.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Business parameters as text. What is missing or wrong is refused in the vendor's own words.
 *
 * @param refusal makes the vendor's no of a sentence
 */
record Parameters(Map<String, String> values, Function<String, VendorError> refusal) {

    /** The members of an object; nested ones as their JSON. */
    static Parameters of(JsonNode object, Function<String, VendorError> refusal) {
        var values = new LinkedHashMap<String, String>();
        object.properties()
                .forEach(member -> values.put(
                        member.getKey(),
                        member.getValue().isValueNode()
                                ? member.getValue().asText()
                                : member.getValue().toString()));
        return new Parameters(values, refusal);
    }

    /** A parameter, or {@code null}. */
    String text(String name) {
        var value = values.get(name);
        return value == null || value.isEmpty() || value.equals("null") ? null : value;
    }

    String text(String name, String otherwise) {
        var value = text(name);
        return value == null ? otherwise : value;
    }

    String required(String name) {
        var value = text(name);
        if (value == null) {
            throw refusal.apply("missing parameter: " + name);
        }
        return value;
    }

    long number(String name, long otherwise, long least, long most) {
        var value = text(name);
        if (value == null) {
            return otherwise;
        }
        try {
            var number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Refused below, as what is out of range is.
        }
        throw refusal.apply("parameter " + name + " is not between " + least + " and " + most + ": " + value);
    }

    int integer(String name, int otherwise, int least, int most) {
        return (int) number(name, otherwise, least, most);
    }

    /** A required local time, in seconds. */
    long localTime(String name) {
        var second = Times.read(required(name));
        if (second == Times.NEVER) {
            throw refusal.apply("parameter " + name + " is no time: " + text(name));
        }
        return second;
    }

    /** A required time in unix seconds. */
    long unixTime(String name) {
        required(name);
        return number(name, 0, 1, 99_999_999_999L);
    }

    /** A parameter that is itself JSON. */
    JsonNode object(String name) {
        var node = Request.object(required(name));
        if (node == null) {
            throw refusal.apply("parameter " + name + " is no JSON object");
        }
        return node;
    }
}
