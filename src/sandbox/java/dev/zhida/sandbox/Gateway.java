package dev.zhida.sandbox;

/** How one vendor speaks. */
interface Gateway {

    /** Answers a request in the vendor's own shape, be it a no. */
    Answer answer(Request request);

    /** The vendor's words for being asked too often. */
    Answer throttled(Request request, long banSeconds);
}
