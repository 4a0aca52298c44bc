package dev.zhida.link;

/**
 * What came of asking a marketplace for a placement's link.
 *
 * @param url the link that it made, or that an operator put; {@code null} while there is none
 * @param byHand whether an operator put it
 * @param refusal why there is no link or no token; {@code null} if nothing speaks against it
 */
record LinkAnswer(String url, boolean byHand, String refusal) {

    /** The marketplace makes no links for the item: whatever leads to it earns nothing. */
    static final String ITEM = "item-not-in-programme";

    /** The marketplace does not accept the account. */
    static final String NOT_AUTHORISED = "account-not-authorised";

    /** The marketplace does not take the question; an operator sees its words. */
    static final String REFUSED = "link-refused";

    /** The marketplace made a link, and no token of its own. */
    static final String NO_TOKEN = "no-native-token";

    /** Nobody can ask the marketplace for the account. */
    static final String NO_CONNECTION = "no-connection";

    /** The marketplace is being asked. */
    static final String PENDING = "link-pending";

    /** Nobody has asked yet. */
    static final LinkAnswer NONE = new LinkAnswer(null, false, null);
}
