package dev.zhida.marketplace;

import java.util.List;

/**
 * What a creator pasted to say which product she means: a link, a whole share text, or an item id. The text is taken
 * as it comes; nothing in it is lower-cased or normalised but full-width letters and invisible characters, because the
 * letters of a token carry its meaning.
 */
public sealed interface ProductText {

    /** Longest text that is looked at. */
    int MAX_LENGTH = 10_000;

    /**
     * A link that names the item, or an item id.
     *
     * @param others links to other items in the same text, as they stand there
     */
    record Item(ItemReference item, List<String> others) implements ProductText {}

    /**
     * A link that leads to the item, but does not name it.
     *
     * @param url over https, whatever the text said
     * @param others links to other items in the same text, as they stand there
     */
    record ShortLink(Marketplace marketplace, String url, List<String> others) implements ProductText {}

    /**
     * Something that only the marketplace itself can open.
     *
     * @param text the token, or the link, as it stands in the text
     */
    record Opaque(Marketplace marketplace, Kind kind, String text) implements ProductText {
        public enum Kind {
            TOKEN,
            LINK
        }
    }

    /**
     * Nothing that leads to an item.
     *
     * @param code of the refusal, in kebab case
     * @param detail what was recognised and what is missing
     */
    record NoItem(String code, String detail) implements ProductText {}

    /**
     * Reads a text. The first link that leads to an item wins; then a token; then a bare item id.
     *
     * @param marketplace of a bare item id; may be {@code null} for everything else
     */
    static ProductText read(String text, Marketplace marketplace) {
        return ProductReader.read(text, marketplace);
    }
}
