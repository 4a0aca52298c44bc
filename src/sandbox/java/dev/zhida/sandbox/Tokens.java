package dev.zhida.sandbox;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Opaque words in links and tokens: unique, and known again by who made them. */
final class Tokens {

    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** What a token was made for. */
    record Made(Vendor vendor, Slot slot, Item item, long at) {}

    private final AtomicLong next = new AtomicLong();
    private final Map<String, Made> madeByToken = new ConcurrentHashMap<>();

    /** A new word of a given length, with a letter in it. */
    String make(int length, Made made) {
        var word = new StringBuilder("a");
        var rest = Item.mix(next.incrementAndGet());
        for (var i = 1; i < length; i++) {
            word.append(ALPHABET.charAt(Math.floorMod(rest, ALPHABET.length())));
            rest = Item.mix(rest + i);
        }
        var token = word.toString();
        if (made != null) {
            madeByToken.put(token, made);
        }
        return token;
    }

    Made of(String token) {
        return madeByToken.get(token);
    }

    /** The first known token within a text; {@code null} if there is none. */
    Made within(String text) {
        for (var word : text.split("[^0-9A-Za-z]+")) {
            var made = madeByToken.get(word);
            if (made != null) {
                return made;
            }
        }
        return null;
    }
}
