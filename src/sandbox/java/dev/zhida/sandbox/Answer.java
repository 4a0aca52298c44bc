package dev.zhida.sandbox;

/** What is sent back. */
record Answer(int status, String contentType, String body) {

    static Answer json(Object tree) {
        return new Answer(200, "application/json;charset=UTF-8", tree.toString());
    }
}
