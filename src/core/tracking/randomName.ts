import { randomInt } from "node:crypto";

/** The words of MLflow's own generator (mlflow/utils/name_utils.py). */
const NOUNS =
  `ant ape asp auk bass bat bear bee bird boar bug calf carp cat chimp cod colt conch cow crab crane croc crow
  cub deer doe dog dolphin donkey dove duck eel elk fawn finch fish flea fly foal fowl fox frog gnat gnu goat goose grouse
  grub gull hare hawk hen hog horse hound jay kit kite koi lamb lark loon lynx mare midge mink mole moose moth mouse mule
  newt owl ox panda penguin perch pig pug quail ram rat ray robin roo rook seal shad shark sheep shoat shrew shrike shrimp
  skink skunk sloth slug smelt snail snake snipe sow sponge squid squirrel stag steed stoat stork swan tern toad trout
  turtle vole wasp whale wolf worm wren yak zebra`.split(/\s+/);
const PREDICATES =
  `able abrasive abundant adaptable adorable adventurous aged agreeable amazing ambitious amusing angry
  auspicious awesome bald beautiful bedecked bemused big bittersweet blushing bold bouncy brawny bright burly bustling calm
  capable capricious carefree caring casual charming chill classy clean clumsy colorful crawling dapper dashing dazzling
  debonair defiant delicate delightful efficient enchanting entertaining enthused exultant fearless flawless fortunate fun
  funny gaudy gentle gifted glamorous grandiose gregarious handsome hilarious honorable illustrious incongruous indecisive
  industrious inquisitive intelligent intrigued invincible judicious kindly languid learned legendary likeable loud luminous
  luxuriant lyrical magnificent marvelous masked melodic merciful mercurial monumental mysterious nebulous nervous nimble
  nosy omniscient orderly overjoyed painted peaceful persistent placid polite popular powerful puzzled rambunctious rare
  rebellious receptive redolent resilient respected righteous rogue rumbling salty sassy secretive sedate selective serious
  shivering silent sincere skillful skittish smiling sneaky sophisticated spiffy stately stylish suave tasteful thoughtful
  thundering traveling treasured trusting unequaled unique unleashed unruly upbeat upset useful valuable vaunted victorious
  welcoming whimsical wise wistful worried youthful zealous`.split(/\s+/);

const MAX_LENGTH = 20;

/** A name like `gentle-owl-512`, of at most 20 characters. */
export function randomName(): string {
  const pick = (words: readonly string[]) => words[randomInt(words.length)] ?? "";
  let name = "";
  for (let attempt = 0; attempt < 10; attempt++) {
    name = `${pick(PREDICATES)}-${pick(NOUNS)}-${randomInt(1001)}`;
    if (name.length <= MAX_LENGTH) return name;
  }
  return name.slice(0, MAX_LENGTH);
}
