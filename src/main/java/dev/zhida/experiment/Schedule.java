package dev.zhida.experiment;

import dev.zhida.experiment.Split.Arm;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Which arm each of a row of posts is for: in blocks of four, two of each arm, in a drawn order, so that neither the time
 * nor the mood of the season favours an arm. The same seed gives the same schedule, always: {@link Random} and {@link
 * Collections#shuffle} are specified to the last bit.
 */
record Schedule(long seed, List<Post> posts) {

    /** Fewer posts could never show anything at 5 %. */
    static final int LEAST = 12;

    static final int MOST = 200;

    private static final int BLOCK = 4;

    /** @param block counted from 1, like the number */
    record Post(int number, int block, Arm arm) {}

    /** @param count even; a last block of two holds one of each arm */
    static Schedule draw(long seed, int count) {
        if (count < LEAST || count > MOST || count % 2 != 0) {
            throw new IllegalArgumentException(count + " posts");
        }
        var random = new Random(seed);
        var posts = new ArrayList<Post>(count);
        while (posts.size() < count) {
            var arms = new ArrayList<Arm>();
            while (arms.size() < BLOCK && posts.size() + arms.size() < count) {
                arms.add(Arm.LINK);
                arms.add(Arm.TOKEN);
            }
            Collections.shuffle(arms, random);
            arms.forEach(arm -> posts.add(new Post(posts.size() + 1, posts.size() / BLOCK + 1, arm)));
        }
        return new Schedule(seed, List.copyOf(posts));
    }

    /** What is told of it before it ends: whoever gets the seed afterwards can see that nothing was changed. */
    String digest() {
        var text = seed + posts.stream().map(post -> post.arm().name()).collect(Collectors.joining(",", ":", ""));
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
