"""What is said to compute on one thread does, whichever library its threads are of, and leaves them as they were."""

from threadpoolctl import threadpool_info

from models.one_thread import on_one_thread


def threads() -> dict[str, int]:
    import sklearn  # noqa: F401 # the last to bring a library that has threads

    return {library["filepath"]: library["num_threads"] for library in threadpool_info()}


def test_every_library_has_one_thread_meanwhile_and_as_many_as_before_afterwards() -> None:
    before = threads()
    meanwhile = on_one_thread(threads)()
    assert {"openmp", "blas"} <= {library["user_api"] for library in threadpool_info()}
    assert set(meanwhile.values()) == {1}
    assert threads() == before
