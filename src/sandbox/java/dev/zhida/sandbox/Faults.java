package dev.zhida.sandbox;

/**
 * What goes wrong at a vendor. All of it is off at 0 and false. Percentages are of requests or of rows, as named.
 *
 * @param throttlePercent of requests: begins a ban of {@code banSeconds} real seconds, in which everything is refused
 * @param errorPercent of requests: answered with HTTP 500 and no JSON
 * @param slowPercent of requests: answered {@code slowMillis} later
 * @param duplicatePercent of rows: stand twice on their page
 * @param movingPercent of the rows of a window: changed between two of its pages, without a difference
 * @param latePercent of changes: shown {@code lateSeconds} simulated seconds later than their time says
 * @param shuffled rows of a page come in no order
 * @param unknownPercent of rows: carry a status that nobody has documented; told again, changed, when this ends
 * @param vanished the accounts of the vendor are not known
 */
public record Faults(
        int throttlePercent,
        int banSeconds,
        int errorPercent,
        int slowPercent,
        int slowMillis,
        int duplicatePercent,
        int movingPercent,
        int latePercent,
        int lateSeconds,
        boolean shuffled,
        int unknownPercent,
        boolean vanished) {

    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, false, 0, false);

    /** A bad month: each of them now and then, but for vanishing accounts. */
    public static final Faults SOME = new Faults(1, 1, 3, 2, 300, 5, 5, 3, 7_200, true, 2, false);
}
