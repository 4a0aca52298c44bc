package dev.zhida.link;

/**
 * The code of a placement: 8 symbols of {@link CodeAlphabet}, in upper case.
 *
 * @param text as it stands in links and in the database
 */
public record LinkCode(String text) {

    static final int LENGTH = 8;

    public LinkCode {
        if (text.length() != LENGTH || text.chars().anyMatch(c -> CodeAlphabet.valueOf((char) c) < 0)) {
            throw new IllegalArgumentException("not a code: " + text);
        }
    }

    /** The values of the symbols, 0 to 31 each. */
    int[] values() {
        return text.chars().map(c -> CodeAlphabet.valueOf((char) c)).toArray();
    }

    @Override
    public String toString() {
        return text;
    }
}
