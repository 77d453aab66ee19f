// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/infer/enlarged.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <Eigen/Dense>

#include "engine/infer/enlarging.h"

namespace synann::infer {
namespace {

using Plane = Eigen::MatrixXd;
using Line = Eigen::VectorXd;

constexpr int kLinesAPixel = 2;
constexpr int kRefinements = 60;
constexpr double kBetter = 0.5;
constexpr double kRidge = 1e-6;
constexpr double kGain =
    0.99;  // refinements that leave more than this of what is missed, three times, are the last
constexpr double kExact = 1e-3, kHopeless = 0.15;  // of the ink: what is missed where it need not be refined
constexpr double kLeastFactor = 1.03;
constexpr double kInkLeast = 18.5;  // pixels of ink in MNIST's images, the longer side; kDigitInk at most
constexpr double kCentreLeast = 13.4, kCentreMost = 15.2;  // of the small picture's ink
constexpr double kMostLeftOver = 0.07;                     // of a line, where its place may be right
constexpr double kMostLeftOverArea = 0.14;                 // some lines of which are rounded either way
constexpr int kDigitInk = 20;
constexpr double kReducedInkLeast = 17.5;  // pixels of ink of a reduced picture, at its former size
constexpr int kCutOut = 19;                // pixels of ink, or more: not reduced, but cut out of an image
constexpr int kSlack = 1;
constexpr std::size_t kPlacesOfLine = 2;
constexpr std::ptrdiff_t kTriedOfMethod = 10;
constexpr std::size_t kRefined = 6;
constexpr int kClimbs = 3, kReach = 3;  // pixels
constexpr double kCloseEnough = 0.004,
                 kPromising = 0.05;  // of the ink: what is missed where neighbours are not tried
constexpr double kWork = 4e6;        // sums of squares of the sides of all places that are tried

// Where an enlarged picture lies; may reach beyond the sheet, which is black there.
struct Place {
  int top = 0, left = 0, side = 0;
};

struct Candidate {
  Enlarging how = Enlarging::Nearest;
  Place place;
  double left_over = 0;
};

Plane bounded(const Plane& plane) {
  return plane.cwiseMax(0.0).cwiseMin(255.0);
}

// Bytes, with no more ink than MNIST's images have: nothing beyond the kDigitInk rows and columns that hold
// most.
Plane as_digit(const Plane& plane) {
  Plane digit = bounded(plane);
  const auto window = [](const Eigen::VectorXd& sums) {
    Eigen::Index best = 0;
    for (Eigen::Index k = 1; k + kDigitInk <= sums.size(); ++k)
      if (sums.segment(k, kDigitInk).sum() > sums.segment(best, kDigitInk).sum()) best = k;
    return best;
  };
  if (digit.rows() <= kDigitInk) return digit;
  const Eigen::Index top = window(digit.rowwise().sum()), left = window(digit.colwise().sum().transpose());
  const Plane inner = digit.block(top, left, kDigitInk, kDigitInk);
  digit.setZero();
  digit.block(top, left, kDigitInk, kDigitInk) = inner;
  return digit;
}

// The part of the sheet at a place.
Plane window(const Plane& sheet, const Place& place) {
  Plane part = Plane::Zero(place.side, place.side);
  const Eigen::Index top = std::max(0, place.top), left = std::max(0, place.left),
                     bottom = std::min<Eigen::Index>(sheet.rows(), place.top + place.side),
                     right = std::min<Eigen::Index>(sheet.cols(), place.left + place.side);
  if (top < bottom && left < right)
    part.block(top - place.top, left - place.left, bottom - top, right - left) =
        sheet.block(top, left, bottom - top, right - left);
  return part;
}

// Looks for what, enlarged so, is the picture. Of a large picture it looks at every second line, or every
// third ..., so that each small pixel has kLinesAPixel of them at least.
class Undoing {
 public:
  Undoing(const Plane& sheet, int side, const Candidate& candidate) : candidate_(candidate) {
    const int from = candidate.place.side, step = std::max(1, from / (kLinesAPixel * side));
    const Plane whole = window(sheet, candidate.place);
    const auto lines = Eigen::seq(step / 2, from - 1, step);
    large_ = whole(lines, lines);
    const Plane down = weights_of(candidate.how, from, side,
                                  [&](int line) { return whole.row(line) == whole.row(line - 1); });
    const Plane across = weights_of(candidate.how, from, side,
                                    [&](int line) { return whole.col(line) == whole.col(line - 1); });
    down_ = down(lines, Eigen::all), across_ = across(lines, Eigen::all);
    ink_ = sheet.sum() / (step * step), outside_ = ink_ - whole.sum() / (step * step);
    undo_down_ = inverse_of(down_), undo_across_ = inverse_of(across_);
    small_ = as_digit(undo_down_ * large_ * undo_across_.transpose());
    measure();
  }

  // What is missed, as a share of the ink.
  double miss() const { return miss_; }
  const Plane& small() const { return small_; }
  const Candidate& candidate() const { return candidate_; }

  // Adds again what is missing because a picture of bytes cuts off what cubic curves overshoot, with
  // Nesterov's momentum; keeps the best.
  void refine() {
    Plane best = small_, before = small_;
    double least = miss_, momentum = 1;
    for (int round = 0, idle = 0; round < kRefinements && least > kExact && least < kHopeless && idle < 3;
         ++round) {
      const Plane here = small_ + undo_down_ * rest_ * undo_across_.transpose();
      const double next = (1 + std::sqrt(1 + 4 * momentum * momentum)) / 2;
      const Plane now = as_digit(here);
      small_ = bounded(now + (momentum - 1) / next * (now - before));
      before = now, momentum = next;
      measure();
      idle = miss_ > kGain * least ? idle + 1 : 0;
      if (miss_ > least) momentum = 1;
      if (miss_ < least) least = miss_, best = small_;
    }
    small_ = std::move(best), miss_ = least;
  }

 private:
  static Plane inverse_of(const Plane& weights) {
    const Plane normal =
        weights.transpose() * weights + kRidge * Plane::Identity(weights.cols(), weights.cols());
    return normal.ldlt().solve(weights.transpose());
  }
  void measure() {
    Plane rows = small_ * across_.transpose();
    if (rounds_between(candidate_.how)) rows = bounded(rows).array().round().matrix();
    rest_ = large_ - bounded(down_ * rows);
    miss_ = (rest_.cwiseAbs().sum() + outside_) / ink_;
  }

  Candidate candidate_;
  Plane large_;                                    // [lines, lines]
  double ink_ = 0, outside_ = 0;                   // of the sheet and beyond the place, as of those lines
  Plane down_, across_, undo_down_, undo_across_;  // [lines, side] and [side, lines]
  Plane small_, rest_;
  double miss_ = 1;
};

// A line of sums over rows or columns, and where its ink is.
struct Profile {
  explicit Profile(Line sums) : line(std::move(sums)) {
    const Line places = Line::LinSpaced(line.size(), 0.5, static_cast<double>(line.size()) - 0.5);
    centre = line.dot(places) / line.sum();
    square = line.squaredNorm();
    const auto* const begin = line.data();
    const auto* const end = begin + line.size();
    const auto inked = [](double v) { return v > 0; };
    first = std::find_if(begin, end, inked) - begin;
    last = line.size() - 1;
    while (line[last] <= 0) --last;
  }
  Eigen::Index ink() const { return last - first + 1; }

  Line line;
  double centre = 0, square = 0;  // pixels; sum of squares
  Eigen::Index first = 0, last = 0;
};

// What of a profile cannot have been enlarged from some pixels of a line at a place, by least squares.
class LineFit {
 public:
  explicit LineFit(Plane weights) : weights_(std::move(weights)), normal_(weights_.transpose() * weights_) {
    normal_.diagonal().array() += kRidge;
  }

  int pixels() const { return static_cast<int>(weights_.cols()); }

  // As a share of its squares; from the pixels [pixel, end) alone.
  double left_over(const Profile& profile, Eigen::Index begin, int pixel, int end) const {
    const Eigen::Index first = std::max(profile.first, begin),
                       last = std::min(profile.last, begin + weights_.rows() - 1);
    if (first > last) return 1;
    const Eigen::Index lines = last - first + 1, wide = end - pixel;
    const Line seen =
        weights_.block(first - begin, pixel, lines, wide).transpose() * profile.line.segment(first, lines);
    const Eigen::LLT<Plane> factors(normal_.block(pixel, pixel, wide, wide));
    return std::max(0.0, 1 - factors.matrixL().solve(seen).squaredNorm() / profile.square);
  }

 private:
  Plane weights_, normal_;  // [from, side]; [side, side]: weightsᵀ·weights
};

// The same where pixels are copied: lines of one pixel differ by nothing.
double left_over_of_copies(const Profile& profile, const std::vector<CopiedPixel>& copies,
                           Eigen::Index begin) {
  const auto lines = std::ssize(copies);
  if (profile.first < begin || profile.last >= begin + lines) return 1;
  const auto at = [&](Eigen::Index line) {
    const Eigen::Index place = begin + line;
    return place < 0 || place >= profile.line.size() ? 0 : profile.line[place];
  };
  double rest = 0;
  for (Eigen::Index line = 1; line < lines; ++line) {
    const CopiedPixel &here = copies[static_cast<std::size_t>(line)],
                      &before = copies[static_cast<std::size_t>(line - 1)];
    const double step = at(line) - at(line - 1);
    const double next = line + 1 < lines ? at(line + 1) - at(line) : 0;
    if (here.between)
      rest += std::min(step * step, next * next);
    else if (here.pixel == before.pixel && !before.between)
      rest += step * step;
  }
  return std::min(1.0, rest / profile.square);
}

struct PlaceOfLine {
  Eigen::Index begin = 0;
  double left_over = 1;
};

// Where a profile may have been enlarged from a line of a digit, to `from` pixels: the best places of those
// with its centre of mass where MNIST has it.
class LinePlaces {
 public:
  LinePlaces(Enlarging how, int from, int side) : factor_(static_cast<double>(from) / side) {
    if (copies_pixels(how))
      for (int line = 0; line < from; ++line) copies_.push_back(copied_pixel(how, line, from, side));
    else
      fit_.emplace(weights_of(how, from, side));
  }

  std::vector<PlaceOfLine> best(const Profile& profile) const {
    std::vector<PlaceOfLine> found;
    const auto last = static_cast<Eigen::Index>(std::ceil(profile.centre - kCentreLeast * factor_));
    for (auto begin = static_cast<Eigen::Index>(std::floor(profile.centre - kCentreMost * factor_));
         begin <= last; ++begin)
      found.push_back({begin, fit_ ? fitted(profile, begin) : left_over_of_copies(profile, copies_, begin)});
    std::sort(found.begin(), found.end(),
              [](const PlaceOfLine& a, const PlaceOfLine& b) { return a.left_over < b.left_over; });
    if (found.size() > kPlacesOfLine) found.resize(kPlacesOfLine);
    return found;
  }

 private:
  // From the small pixels under the ink alone, with kSlack more than a digit has at most.
  double fitted(const Profile& profile, Eigen::Index begin) const {
    const auto pixel = [&](Eigen::Index place) { return static_cast<double>(place - begin) / factor_; };
    int first = std::clamp(static_cast<int>(std::floor(pixel(profile.first))), 0, fit_->pixels() - 1),
        end = std::clamp(static_cast<int>(std::ceil(pixel(profile.last + 1))), first + 1, fit_->pixels());
    if (const int more = end - first - kDigitInk - kSlack; more > 0)
      first += more / 2, end -= more - more / 2;
    return fit_->left_over(profile, begin, first, end);
  }

  double factor_;
  std::optional<LineFit> fit_;       // where pixels are mixed
  std::vector<CopiedPixel> copies_;  // where they are copied
};

double most_left_over(Enlarging how) {
  return how == Enlarging::Area ? kMostLeftOverArea : kMostLeftOver;
}

// Places of a part of the sheet that may have been enlarged, the best first.
std::vector<Candidate> places_of_parts(const Plane& sheet, int side) {
  const Profile rows(sheet.rowwise().sum()), columns(sheet.colwise().sum().transpose());
  const auto ink = static_cast<double>(std::max(rows.ink(), columns.ink()));
  std::vector<Candidate> found;
  if (ink > kLargestSought) return found;
  const auto promising = [](const Candidate& a, const Candidate& b) { return a.left_over < b.left_over; };
  for (const Enlarging how : kEnlargings) {
    const auto first = static_cast<std::ptrdiff_t>(found.size());
    const int most = static_cast<int>(std::ceil(ink * side / kInkLeast)),
              least =
                  std::max(static_cast<int>(std::ceil(kLeastFactor * side)),
                           static_cast<int>(std::floor((ink - 2) * side / (kDigitInk + 2 * spread_of(how)))));
    for (int from = least; from <= most; ++from) {
      const LinePlaces places(how, from, side);
      for (const PlaceOfLine& down : places.best(rows))
        for (const PlaceOfLine& across : places.best(columns)) {
          const double rest = std::sqrt(down.left_over + across.left_over);
          if (rest < most_left_over(how))
            found.push_back(
                {how, {static_cast<int>(down.begin), static_cast<int>(across.begin), from}, rest});
        }
    }
    std::sort(found.begin() + first, found.end(), promising);
    if (std::ssize(found) > first + kTriedOfMethod)
      found.resize(static_cast<std::size_t>(first + kTriedOfMethod));
  }
  std::sort(found.begin(), found.end(), promising);
  return found;
}

// The whole sheet, by each method that its sums do not speak against.
std::vector<Candidate> whole_sheet(const Plane& sheet, int side) {
  std::vector<Candidate> found;
  if (sheet.rows() != sheet.cols() || sheet.rows() <= side) return found;
  const int from = static_cast<int>(sheet.rows());
  const Profile rows(sheet.rowwise().sum()), columns(sheet.colwise().sum().transpose());
  for (const Enlarging how : kEnlargings) {
    const LineFit fit(weights_of(how, from, side));
    const double rest = std::sqrt(fit.left_over(rows, 0, 0, side) + fit.left_over(columns, 0, 0, side));
    if (rest < most_left_over(how) || copies_pixels(how)) found.push_back({how, {0, 0, from}, rest});
  }
  return found;
}

// The best of some candidates: the most promising ones are refined. What is enlarged linearly can nearly be
// had cubically too, from another picture, so that a simpler method is taken unless another one misses half
// as much.
std::optional<Undoing> best_of(const Plane& sheet, int side, const std::vector<Candidate>& candidates) {
  std::vector<Undoing> tried;
  double work = 0;
  for (const Candidate& candidate : candidates) {
    work += static_cast<double>(candidate.place.side) * candidate.place.side;
    if (work > kWork && !tried.empty()) break;
    tried.emplace_back(sheet, side, candidate);
    if (tried.back().miss() < kExact) return std::move(tried.back());
  }
  if (tried.empty()) return {};
  const auto closer = [](const Undoing& a, const Undoing& b) { return a.miss() < b.miss(); };
  std::sort(tried.begin(), tried.end(), closer);
  if (tried.size() > kRefined) tried.erase(tried.begin() + kRefined, tried.end());
  for (Undoing& undoing : tried) undoing.refine();
  std::sort(tried.begin(), tried.end(), closer);
  const auto simplest = std::min_element(tried.begin(), tried.end(), [&](const Undoing& a, const Undoing& b) {
    const auto near = [&](const Undoing& u) { return kBetter * u.miss() <= tried.front().miss(); };
    return near(a) != near(b) ? near(a) : near(a) && a.candidate().how < b.candidate().how;
  });
  return std::move(*simplest);
}

// Places next to this one: shifted, or a pixel larger or smaller about the same middle.
std::vector<Candidate> neighbours(const Candidate& candidate) {
  std::vector<Candidate> found;
  const auto add = [&](int down, int right, int larger) {
    Candidate near = candidate;
    near.place.top += down, near.place.left += right, near.place.side += larger;
    found.push_back(near);
  };
  for (int step = 1; step <= kReach; ++step)
    for (const int by : {-step, step}) add(by, 0, 0), add(0, by, 0);
  for (const int down : {0, 1})
    for (const int right : {0, 1}) add(-down, -right, 1), add(down, right, -1);
  return found;
}

// The best of its neighbours, as long as one of them misses less: sums of rows and columns know nothing of
// what was cut off.
Undoing climbed(const Plane& sheet, int side, Undoing best) {
  for (int round = 0; round < kClimbs && best.miss() > kCloseEnough; ++round) {
    auto next = best_of(sheet, side, neighbours(best.candidate()));
    if (!next || next->miss() >= best.miss()) break;
    best = std::move(*next);
  }
  return best;
}

Plane plane_of(const data::Picture& picture) {
  using Bytes = Eigen::Matrix<std::uint8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  return Eigen::Map<const Bytes>(picture.pixels.data(), picture.rows, picture.columns).cast<double>();
}

data::Picture rounded(const Plane& plane) {
  data::Picture result{
      .rows = static_cast<int>(plane.rows()), .columns = static_cast<int>(plane.cols()), .pixels = {}};
  for (Eigen::Index r = 0; r < plane.rows(); ++r)
    for (Eigen::Index c = 0; c < plane.cols(); ++c)
      result.pixels.push_back(static_cast<std::uint8_t>(std::lround(plane(r, c))));
  return result;
}

}  // namespace

std::optional<BeforeEnlarging> before_enlarging(const data::Picture& picture, int side) {
  const Plane sheet = plane_of(picture);
  if (sheet.sum() <= 0) return {};
  const auto whole = best_of(sheet, side, whole_sheet(sheet, side));
  if (whole && whole->miss() <= kEnlargedMiss) return BeforeEnlarging{rounded(whole->small()), true};
  auto part = best_of(sheet, side, places_of_parts(sheet, side));
  if (!part || part->miss() > kPromising) return {};
  const Undoing best = climbed(sheet, side, std::move(*part));
  if (best.miss() > kEnlargedMiss) return {};
  return BeforeEnlarging{rounded(best.small()), false};
}

std::optional<data::Picture> before_reducing(const data::Picture& picture, int side) {
  if (picture.rows != picture.columns || picture.rows > kMostReduced * side) return {};
  const Plane small = plane_of(picture);
  if (small.sum() <= 0) return {};
  const Profile rows(small.rowwise().sum()), columns(small.colwise().sum().transpose());
  const double factor = static_cast<double>(side) / picture.rows;
  const auto is_digits = [&](double centre) {
    return centre * factor >= kCentreLeast && centre * factor <= kCentreMost;
  };
  const auto ink = static_cast<double>(std::max(rows.ink(), columns.ink()));
  // A pixel at either end may hold but an edge of the ink.
  if (factor * ink < kReducedInkLeast || ink > kDigitInk / factor + 2 || ink >= kCutOut ||
      !is_digits(rows.centre) || !is_digits(columns.centre))
    return {};
  const Plane weights = weights_of(Enlarging::Lanczos3, side, picture.rows);
  return rounded(as_digit(weights * small * weights.transpose()));
}

}  // namespace synann::infer
