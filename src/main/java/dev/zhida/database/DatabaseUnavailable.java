package dev.zhida.database;

/** The embedded PostgreSQL cannot be used; the message is for the person who started the program. */
public final class DatabaseUnavailable extends RuntimeException {

    DatabaseUnavailable(String message) {
        super(message);
    }

    DatabaseUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
