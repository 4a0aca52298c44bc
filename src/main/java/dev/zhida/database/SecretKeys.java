package dev.zhida.database;

import jakarta.enterprise.context.ApplicationScoped;
import java.security.SecureRandom;
import org.jdbi.v3.core.Jdbi;

/** Keys that all nodes share and that nobody chooses: whoever needs one first makes it. */
@ApplicationScoped
public class SecretKeys {

    private static final int BYTES = 32;

    private final Jdbi jdbi;

    SecretKeys(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** The key of that name, 32 bytes, the same on every node and after every start. */
    public byte[] key(String name) {
        var fresh = new byte[BYTES];
        new SecureRandom().nextBytes(fresh);
        return jdbi.withHandle(handle -> {
            handle.createUpdate("insert into secret_key (name, value) values (:name, :value) on conflict do nothing")
                    .bind("name", name)
                    .bind("value", fresh)
                    .execute();
            return handle.createQuery("select value from secret_key where name = :name")
                    .bind("name", name)
                    .mapTo(byte[].class)
                    .one();
        });
    }
}
